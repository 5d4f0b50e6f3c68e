/** The engine's table as it is in the kernel: what it is bound to, and which services stand in it. */
import { CommandFailed, type CommandRunner } from '../../platform/command-runner.js';
import { readElements } from '../drivers/nftables/element-reader.js';
import { numberOf } from '../drivers/nftables/kernel-keys.js';
import { Nft } from '../drivers/nftables/nft.js';
import { FAMILIES } from '../../forwarding/layout.js';
import type { FoundTable } from './examined-director.js';

const SECONDS = 10;
/** Every service that stands in the table. */
const SERVICES_IN_TABLE = FAMILIES.flatMap((family) =>
  ['services', 'ranges'].map((map) => `all ${map}${family}`),
);

interface TableReading {
  readonly found: FoundTable | null;
  /** Why it cannot be read; null: it can. */
  readonly noRights: string | null;
}

export async function readTable(commands: CommandRunner): Promise<TableReading> {
  try {
    const listed = await new Nft(commands).listFixedPart();
    if (listed === undefined) return { found: null, noRights: null };
    return {
      found: { devices: boundDevices(listed), services: await readServices(commands) },
      noRights: null,
    };
  } catch (error) {
    if (error instanceof CommandFailed) return { found: null, noRights: error.message };
    throw error;
  }
}

async function readServices(commands: CommandRunner): Promise<FoundTable['services']> {
  try {
    const { found } = await readElements(commands, SERVICES_IN_TABLE, SECONDS);
    return new Set(found.map(({ value }) => numberOf(value)));
  } catch (error) {
    if (error instanceof CommandFailed) return null;
    throw error;
  }
}

/** `hook ingress devices = { eth0, eth1 } priority -100`, or with one interface `device "eth0"`. */
const BOUND = /hook ingress device(?:s = \{([^}]*)\}| (\S+)) priority/;

/** Pure. */
export function boundDevices(listed: string): readonly string[] {
  const [, several, one] = BOUND.exec(listed) ?? [];
  return (several ?? one ?? '')
    .split(',')
    .map((name) => name.trim().replaceAll('"', ''))
    .filter((name) => name !== '')
    .sort();
}
