import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { VirtualService } from '../../domain/virtual-service.js';
import { StatusView } from '../http/status.view.js';
import { RealServerView } from '../real-servers/real-server.view.js';
import type { ServiceWithStatus } from '../status/read-status.js';
import { HealthCheckDto } from './health-check.dto.js';
import { PersistenceDto } from './persistence.dto.js';
import { MISSING, type MissingNodeView } from '../waiting/missing-node.view.js';

/** A virtual service, its real servers, and how they are. */
export class VirtualServiceView {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'shop' })
  name: string;

  @ApiProperty()
  description: string;

  @ApiProperty({ example: '192.0.2.200', description: 'The VIP, in its canonical spelling.' })
  address: string;

  @ApiProperty({ type: 'integer', example: 80 })
  port: number;

  @ApiProperty({ type: 'integer', nullable: true })
  endPort: number | null;

  @ApiProperty({ enum: ['tcp', 'udp'], enumName: 'Protocol' })
  protocol: VirtualService['protocol'];

  @ApiProperty()
  forceL4: boolean;

  @ApiProperty()
  enabled: boolean;

  @ApiProperty({ enum: ['maglev', 'source-hash', 'round-robin'], enumName: 'Scheduler' })
  scheduler: VirtualService['scheduler'];

  @ApiProperty({ type: () => PersistenceDto, nullable: true })
  persistence: VirtualService['persistence'];

  @ApiProperty({ example: true })
  flowAffinity: boolean;

  @ApiProperty({ type: () => HealthCheckDto })
  healthCheck: VirtualService['healthCheck'];

  @ApiProperty({ type: 'integer', example: 300 })
  drainSeconds: number;

  @ApiProperty({ type: 'integer', example: 0 })
  slowStartSeconds: number;

  @ApiProperty({ type: 'integer', example: 1 })
  minHealthy: number;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, example: { env: 'prod' } })
  tags: Readonly<Record<string, string>>;

  @ApiProperty({ type: () => [RealServerView] })
  realServers: RealServerView[];

  @ApiProperty({
    type: 'integer',
    description: 'Last revision that changed it or a server of it; its ETag begins with it.',
  })
  revision: number;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  @ApiProperty({ format: 'date-time' })
  updatedAt: string;

  @ApiProperty({ type: () => StatusView })
  status: StatusView;

  @ApiPropertyOptional(MISSING)
  missing?: MissingNodeView[];

  /** In one order wherever the service comes from, so that equal services have equal texts, and entity tags. */
  static of({ service, status, servers }: ServiceWithStatus): VirtualServiceView {
    const { id, name, description, address, port, endPort, protocol, forceL4, enabled, scheduler } = service;
    const { persistence, flowAffinity, healthCheck, drainSeconds, slowStartSeconds, minHealthy } = service;
    const { tags, revision } = service;
    const head = { id, name, description, address, port, endPort, protocol, forceL4, enabled, scheduler };
    return {
      ...head,
      persistence: persistence === null ? null : inOrder(persistence),
      flowAffinity,
      healthCheck: inOrder(healthCheck),
      drainSeconds,
      slowStartSeconds,
      minHealthy,
      tags: inOrder(tags),
      realServers: servers.map((one) => RealServerView.of(service, one.server, one.status)),
      revision,
      createdAt: service.createdAt.toISOString(),
      updatedAt: service.updatedAt.toISOString(),
      status: StatusView.of(status),
    };
  }
}

/** Its members by name: PostgreSQL keeps them in an order of its own. */
function inOrder<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1))) as T;
}
