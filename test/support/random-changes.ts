/** Changes of all kinds to a few virtual services, so that they meet often; some are refused. */
import fc from 'fast-check';
import type { ApiUnderTest } from './api-under-test.js';

const KINDS = [
  'create',
  'create',
  'patch',
  'patch',
  'move',
  'delete',
  'servers',
  'servers',
  'weigh',
  'readdress',
  'detach',
  'disable',
  'node',
] as const;

export interface RandomChange {
  readonly kind: (typeof KINDS)[number];
  readonly pick: number;
  readonly value: number;
  readonly hosts: readonly number[];
}

export const randomChanges: fc.Arbitrary<RandomChange> = fc.record({
  kind: fc.constantFrom(...KINDS),
  pick: fc.nat(1_000),
  value: fc.nat(1_000),
  hosts: fc.uniqueArray(fc.integer({ min: 11, max: 15 }), { maxLength: 3 }),
});

interface Known {
  readonly id: string;
  readonly realServers: readonly { readonly id: string }[];
}

const SERVICES = '/v1/virtual-services';

/** Makes one change at something that there is, where there is something. */
export async function makeChange(api: ApiUnderTest, change: RandomChange): Promise<void> {
  const { kind, pick, value, hosts } = change;
  const known: Known[] = (await api.get(`${SERVICES}?fields=id,realServers.id`)).body.items;
  const service = known[pick % Math.max(1, known.length)];
  const server = service?.realServers[value % Math.max(1, service.realServers.length)];
  const path = `${SERVICES}/${service?.id}`;
  const realServers = hosts.map((host) => ({ address: address(host), weight: value }));
  const place = { address: `198.51.100.${1 + (pick % 3)}`, port: 80 + (value % 3), protocol: 'tcp' };
  const made = {
    create: () => api.post(SERVICES, { ...place, realServers }),
    patch: () => api.patch(path, { name: `n${value % 5}`, tags: { a: `${value % 3}` }, drainSeconds: pick }),
    move: () => api.patch(path, { address: place.address, port: place.port }),
    delete: () => api.delete(path),
    servers: () => api.put(`${path}/real-servers`, { realServers }),
    weigh: () => api.patch(`${path}/real-servers/${server?.id}`, { weight: value }),
    readdress: () => api.patch(`${path}/real-servers/${server?.id}`, { address: address(11 + (pick % 5)) }),
    detach: () => api.delete(`${path}/real-servers/${server?.id}`),
    disable: () => api.patch(path, { enabled: value % 2 === 0, healthCheck: { type: 'tcp' } }),
    node: () =>
      api.post('/v1/nodes', {
        name: `n${pick}`,
        role: 'agent',
        addresses: [`203.0.113.${1 + (pick % 250)}`],
      }),
  }[kind];
  const { status, text } = await made();
  if (status >= 500) throw new Error(text);
}

function address(host: number): string {
  return `192.0.2.${host}`;
}
