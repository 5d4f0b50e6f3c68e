/** One of each write that would do something to a virtual service with one real server, and to the nodes that have it. */
export interface MeantWrite {
  readonly method: 'post' | 'put' | 'patch' | 'delete';
  readonly path: string;
  readonly body?: object;
}

export interface Written {
  /** Paths. */
  readonly service: string;
  readonly realServer: string;
  /** Ids. */
  readonly agent: string;
  readonly director: string;
  /** Of the host that the agent is on. */
  readonly host: string;
}

/** Hosts and VIPs that nobody has. */
const OTHER = '192.0.2.18';
const FREE_VIP = '192.0.2.210';

export function newServiceOn(host: string): object {
  return { address: FREE_VIP, port: 80, protocol: 'tcp', realServers: [{ address: host }] };
}

export function meantWrites({ service, realServer, agent, director, host }: Written): readonly MeantWrite[] {
  const made = newServiceOn(host);
  const server = { address: OTHER };
  return [
    { method: 'post', path: '/v1/virtual-services', body: made },
    { method: 'patch', path: service, body: { port: 82 } },
    { method: 'delete', path: service },
    { method: 'post', path: '/v1/virtual-services/bulk', body: { create: [made] } },
    { method: 'put', path: `${service}/real-servers`, body: { realServers: [server] } },
    { method: 'post', path: `${service}/real-servers`, body: server },
    { method: 'post', path: `${service}/real-servers/bulk`, body: { create: [server] } },
    { method: 'patch', path: realServer, body: { weight: 7 } },
    { method: 'delete', path: realServer },
    { method: 'put', path: '/v1/configuration', body: { virtualServices: [made] } },
    { method: 'post', path: '/v1/nodes', body: { name: 'n', role: 'agent', addresses: ['192.0.2.19'] } },
    { method: 'post', path: `/v1/nodes/${agent}/join-token` },
    { method: 'delete', path: `/v1/nodes/${director}` },
  ];
}
