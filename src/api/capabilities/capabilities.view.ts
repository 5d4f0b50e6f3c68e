import { ApiProperty } from '@nestjs/swagger';
import type { Capabilities } from '../../contract/capabilities.js';

const LISTS = [
  'protocols',
  'addressFamilies',
  'forwardingMethods',
  'schedulers',
  'persistence',
  'healthChecks',
  'flowAffinity',
] as const;

/** What at least one engine can enforce. */
export class CapabilitiesView {
  @ApiProperty({
    type: 'integer',
    description: 'How many directors this was reported by; 0: the built-in driver.',
  })
  directors: number;

  @ApiProperty({ type: [String], example: ['tcp', 'udp'] })
  protocols: string[];

  @ApiProperty({ type: [String], example: ['ipv4', 'ipv6'] })
  addressFamilies: string[];

  @ApiProperty({ type: [String], example: ['direct-return'] })
  forwardingMethods: string[];

  @ApiProperty({ type: [String], example: ['maglev', 'source-hash'] })
  schedulers: string[];

  @ApiProperty({ type: [String], example: [] })
  persistence: string[];

  @ApiProperty({
    type: [String],
    example: ['none', 'tcp', 'http', 'https', 'udp'],
    description: 'Types of `healthCheck` that a director can carry out, through the VIP.',
  })
  healthChecks: string[];

  @ApiProperty({
    type: [String],
    example: ['ipv4', 'ipv6'],
    description: 'Established flows stay on their server when others come and go.',
  })
  flowAffinity: string[];

  @ApiProperty({ description: 'Whether a real server can be a `backup`.' })
  backupServers: boolean;

  @ApiProperty({ description: 'Whether `endPort` can be used.' })
  portRanges: boolean;

  @ApiProperty({ description: 'Whether `flowAffinity` of a virtual service can be false.' })
  statelessServices: boolean;

  static of(abilities: readonly Capabilities[], directors: number): CapabilitiesView {
    const lists = LISTS.map((name) => [
      name,
      [...new Set(abilities.flatMap((one): string[] => [...one[name]]))],
    ]);
    return {
      directors,
      ...(Object.fromEntries(lists) as Record<(typeof LISTS)[number], string[]>),
      backupServers: abilities.some(({ backupServers }) => backupServers),
      portRanges: abilities.some(({ portRanges }) => portRanges),
      statelessServices: abilities.some(({ statelessServices }) => statelessServices === true),
    };
  }
}
