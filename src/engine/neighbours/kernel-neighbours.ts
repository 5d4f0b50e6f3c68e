/** Where the kernel believes that neighbours are, which is where it forwards to: read at once for all, and put right. */
import { Ajv } from 'ajv';
import type { CommandRunner } from '../../platform/command-runner.js';
import { runIpBatch } from '../../platform/ip-batch.js';

interface Listed {
  readonly dst: string;
  readonly dev: string;
  readonly lladdr?: string;
}

const LISTED = {
  type: 'array',
  items: {
    type: 'object',
    required: ['dst', 'dev'],
    properties: { dst: { type: 'string' }, dev: { type: 'string' }, lladdr: { type: 'string' } },
  },
};
const isListed = new Ajv({ strict: true }).compile<readonly Listed[]>(LISTED);

export interface Whereabouts {
  readonly address: string;
  readonly device: string;
  readonly mac: string;
}

/** By address and device, as `placeKey` puts them. */
export async function readNeighbours(commands: CommandRunner): Promise<ReadonlyMap<string, string>> {
  return new Map(
    (await list(commands)).flatMap(({ dst, dev, lladdr }) =>
      lladdr === undefined ? [] : [[placeKey({ address: dst, device: dev }), lladdr.toLowerCase()] as const],
    ),
  );
}

/** Where an administrator said for good that they are, by the same. */
export async function readFixed(commands: CommandRunner): Promise<ReadonlySet<string>> {
  const fixed = await list(commands, 'nud', 'permanent');
  return new Set(fixed.map(({ dst, dev }) => placeKey({ address: dst, device: dev })));
}

async function list(commands: CommandRunner, ...which: readonly string[]): Promise<readonly Listed[]> {
  const text = await commands.run(['ip', '-json', 'neighbour', 'show', ...which]);
  const listed: unknown = text.trim() === '' ? [] : JSON.parse(text);
  if (!isListed(listed)) throw new Error('what `ip neighbour show` printed is not understood');
  return listed;
}

/** An entry that is reachable is used at once, and asked for again by the kernel when it has become old. */
export async function putRight(commands: CommandRunner, all: readonly Whereabouts[]): Promise<void> {
  await runIpBatch(
    commands,
    all.map(
      ({ address, device, mac }) => `neighbour replace ${address} lladdr ${mac} dev ${device} nud reachable`,
    ),
  );
}

export function placeKey({ address, device }: Pick<Whereabouts, 'address' | 'device'>): string {
  return `${address} ${device}`;
}
