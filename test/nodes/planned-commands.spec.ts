/** What a plan says that a director would give its kernel is what it gives: text for text, on a real kernel. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ServiceDocument } from '../../src/contract/documents.js';
import { foretellTable, type ForetoldTable } from '../../src/forwarding/foretell-table.js';
import { VIP6 } from '../support/director-hosts.js';
import { DirectorNetwork, SEED } from '../support/director-network.js';
import { entries, service } from '../support/service-documents.js';

let net: DirectorNetwork;

const web = service(1, { servers: entries(1, 4, [1000, 1000]), slots: 8 });
const six = service(3, { address: VIP6, servers: entries(3, 6, [1000, 1000]), slots: 8 });
const sticky = { ...web, persistence: { timeoutSeconds: 60, prefixLength: 24 } };

beforeAll(async () => {
  net = await DirectorNetwork.create(`hw${process.pid}-fut`);
});
beforeEach(async () => {
  expect(await net.restart([web, six])).toEqual([]);
  net.takeTransactions();
});
afterAll(() => net.close());

type Change = readonly [before: ServiceDocument | null, after: ServiceDocument | null];

/** By what the director reports of itself, as the control plane knows it. */
async function planned(...changes: readonly Change[]): Promise<ForetoldTable> {
  const { host } = await net.engine.describe();
  const services = changes.map(([before, after]) => {
    return { key: `${(before ?? after)?.number ?? 0}`, before, after, settled: after };
  });
  return foretellTable(services, {
    seed: SEED,
    interfaces: host.interfaces,
    health: new Map(),
    blind: false,
  });
}

/** The texts that nft was given. */
async function done(...changes: readonly Change[]): Promise<readonly string[]> {
  net.takeTransactions();
  const put = changes.flatMap(([, after]) => after ?? []);
  const gone = changes.flatMap(([before, after]) => (after === null && before !== null ? [before] : []));
  const faults = [...(gone.length > 0 ? await net.remove(...gone) : []), ...(await net.put(...put))];
  expect(faults).toEqual([]);
  return net.takeTransactions();
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

describe('the commands of a plan', () => {
  it.each<[string, Change]>([
    ['a weight', [web, { ...web, servers: entries(1, 4, [1000, 250]) }]],
    ['a server that drains, over IPv6', [six, { ...six, servers: entries(3, 6, [1000, 0]) }]],
    ['a server less', [web, { ...web, servers: entries(1, 4, [1000, null]) }]],
    ['a range of ports in place of a port', [web, { ...web, endPort: 90 }]],
    ['a new service', [null, service(4, { port: 53, protocol: 'udp', servers: entries(4, 4, [1, 1]) })]],
    ['a service that goes', [six, null]],
  ])('are what the kernel is given for %s', async (_, change) => {
    const { chains, commands } = await planned(change);
    expect(await done(change)).toEqual([...(chains.length > 0 ? [textOf(chains)] : []), textOf(commands)]);
  });

  it('are one transaction for several services', async () => {
    const changes: Change[] = [
      [web, { ...web, slots: 16 }],
      [six, { ...six, scheduler: 'source-hash' }],
    ];
    const { commands } = await planned(...changes);
    expect((await done(...changes)).at(-1)).toBe(textOf(commands));
  });

  it('have the chains before them that the table lacks', async () => {
    const { chains, commands } = await planned([web, sticky]);
    expect(await done([web, sticky])).toEqual([textOf(chains), textOf(commands)]);
  });
});
