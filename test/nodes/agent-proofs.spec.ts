/**
 * What an agent proves of the services on its VIPs, on a real kernel: each proof with the cause that makes it fail, and
 * beside it the same without the cause.
 */
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HttpQuestion, VipService } from '../../src/contract/documents.js';
import type { ReportedCondition, ServiceFact } from '../../src/contract/report.js';
import { networkConditions } from '../../src/domain/network-conditions.js';
import { sampleServer } from '../../src/domain/sample-service.fake.js';
import { AgentLab, VIP, VIP6 } from '../support/agent-lab.js';
import { TrafficPeer } from '../support/traffic.js';
import { untilSo } from '../support/until-so.js';

/** A regular round, three strikes, and a busy machine. */
const LOSS_MS = 90_000;
const OWN = '192.0.2.11';
const WEB = service('tcp', 80);
const DNS = service('udp', 53);

let lab: AgentLab;
let peer: TrafficPeer;

beforeEach(async () => {
  lab = await AgentLab.open('proofs');
  await lab.startControlPlane();
  peer = new TrafficPeer(lab.realServer);
});

afterEach(() => lab.close());

function service(protocol: 'tcp' | 'udp', port: number, more: Partial<VipService> = {}): VipService {
  return { protocol, port, endPort: port, ...more };
}

async function hold(services: readonly VipService[], address = VIP): Promise<void> {
  lab.startAgent();
  await lab.putInForce({ [address]: { kind: 'vip', address, services } });
}

/** Services can be bound to it before the agent comes. */
async function standThere(vip: string): Promise<void> {
  await lab.realServer.exec(['ip', 'address', 'add', `${vip}/32`, 'dev', 'lo']);
}

function fact({ protocol, port }: VipService, address = VIP): ServiceFact | undefined {
  return lab.fact(address)?.services.find((each) => each.protocol === protocol && each.port === port);
}

const said = (wanted: VipService, address = VIP): string => {
  const { ready, answers } = fact(wanted, address) ?? {};
  return `${ready} ${answers?.status} ${answers?.reason}`;
};

const untilSaid = (wanted: VipService, words: string, address = VIP): Promise<void> =>
  untilSo(() => said(wanted, address) === words, `"${words}" instead of "${said(wanted, address)}"`, LOSS_MS);

const serve = (protocol: 'tcp' | 'udp', address: string, port: number): Promise<void> =>
  peer.serve({ name: 'one', protocol, address, port });

describe('a TCP service that listens', () => {
  it.each([
    ['on all addresses', '0.0.0.0', VIP],
    ['on all addresses, for IPv6', '::', VIP6],
  ])('%s is proved by the very report that says that the VIP is bound', async (_, address, vip) => {
    await serve('tcp', address, 80);
    await hold([WEB], vip);
    const first = lab.reports.find((report) => report.role === 'agent' && report.position?.version === 1);
    expect(first).toMatchObject({
      vips: [{ address: vip, bound: true, services: [{ ready: true, answers: { reason: 'Answered' } }] }],
    });
  });

  it('on another address alone is refused, and let in at once when it listens on the VIP too', async () => {
    await serve('tcp', OWN, 80);
    await hold([WEB]);
    await untilSaid(WEB, 'false False Refused');
    expect(fact(WEB)?.answers.message).toContain(`Nothing listens on ${VIP} port 80`);
    await serve('tcp', VIP, 80);
    await untilSaid(WEB, 'true True Answered');
  });

  it('is told from another one on the same VIP, and put out when it ends', async () => {
    const mail = service('tcp', 25);
    const other = new TrafficPeer(lab.realServer);
    await standThere(VIP);
    await other.serve({ name: 'mail', protocol: 'tcp', address: VIP, port: 25 });
    await serve('tcp', VIP, 80);
    await hold([mail, WEB]);
    expect([said(mail), said(WEB)]).toEqual(['true True Answered', 'true True Answered']);
    await other.end();
    await untilSaid(mail, 'false False Refused');
    expect(said(WEB)).toBe('true True Answered');
  });
});

describe('a UDP service', () => {
  it.each([
    ['0.0.0.0', VIP, '127.0.0.1'],
    ['::', VIP6, '::1'],
  ])('that is bound to %s answers from an address that no client takes', async (all, vip, source) => {
    await serve('udp', all, 53);
    await hold([DNS], vip);
    await untilSaid(DNS, 'false False OtherSource', vip);
    expect(fact(DNS, vip)?.answers.message).toContain(`came from ${source}`);
    // And so it is: this is what a client sees.
    await lab.client.exec(['ip', 'route', 'add', vip, 'via', vip === VIP ? OWN : '2001:db8::11']);
    const { source: seen } = await new TrafficPeer(lab.client).ask({ address: vip, port: 53 });
    expect(seen).not.toBe(vip);
  });

  it.each([VIP, VIP6])('that is bound to %s answers from it', async (vip) => {
    lab.startAgent();
    await lab.putInForce({ [vip]: { kind: 'vip', address: vip, services: [DNS] } });
    await serve('udp', vip, 53);
    await untilSaid(DNS, 'true True Answered', vip);
  });

  it('that says nothing is unknown and let in, and one that is not there is refused', async () => {
    const silent = service('udp', 9);
    const program = `require('dgram').createSocket('udp4').bind(9, '${VIP}')`;
    await standThere(VIP);
    lab.realServer.spawn([process.execPath, '-e', program], { stdio: 'ignore' });
    await hold([silent, DNS]);
    await untilSaid(silent, 'true Unknown NoAnswer');
    await untilSaid(DNS, 'false False Refused');
  });
});

describe('an HTTP service', () => {
  it('is asked for its page', async () => {
    const question: HttpQuestion = { scheme: 'http', path: '/', host: null, expectedStatus: 200 };
    const missing = service('tcp', 81, { http: question });
    const page = service('tcp', 8080, { http: question });
    const other = service('tcp', 8081, { http: { ...question, expectedStatus: 204 } });
    for (const port of ['8080', '8081']) {
      const server = lab.realServer.spawn([
        process.execPath,
        resolve('dist/test/lab/web-server.js'),
        'one',
        port,
      ]);
      await new Promise((done) => server.stdout?.once('data', done));
    }
    await hold([missing, page, other]);
    await untilSaid(page, 'true True Answered');
    await untilSaid(other, 'false False OtherStatus');
    await untilSaid(missing, 'false False Refused');
    await serve('tcp', VIP, 81);
    await untilSaid(missing, 'false False NoHttpAnswer');
  });
});

describe('the host of a VIP', () => {
  it('says which rule of its firewall drops a service, and what may drop it when the rule is gone', async () => {
    await lab.realServer.addLink({
      bridge: 'lan',
      mac: '02:00:00:00:00:b2',
      addresses: ['192.0.3.11/24'],
    });
    await reversePathFilters({ all: 0, eth0: 1, eth1: 0 });
    await serve('tcp', '0.0.0.0', 80);
    await serve('tcp', '0.0.0.0', 25);
    const rules =
      'table inet filter { chain input { type filter hook input priority 0; iif != lo tcp dport 80 drop; }; }';
    await lab.realServer.exec(['nft', rules]);
    const mail = service('tcp', 25);
    await hold([mail, WEB]);
    await lab.until(() => said(WEB).endsWith('Answered'), 'the answer');
    expect(fact(WEB)).toMatchObject({ ready: false, firewall: { status: 'False', reason: 'Dropped' } });
    expect(fact(WEB)?.firewall.message).toContain('chain input of table inet filter');
    // The default route leaves by eth0, where a strict filter does no harm.
    expect(fact(mail)).toMatchObject({ ready: true, firewall: { status: 'True' } });
    await lab.realServer.exec(['nft', 'flush', 'table', 'inet', 'filter']);
    await reversePathFilters({ eth1: 1 });
    await untilSo(() => fact(WEB)?.ready === true, 'the service', LOSS_MS);
    expect(fact(WEB)?.firewall).toMatchObject({ status: 'Unknown', reason: 'ReversePathFilter' });
    expect(fact(WEB)?.firewall.message).toContain('rp_filter is 1 on eth1');
  });

  it('says that it would send packets for a VIP back, where it forwards and does not hold it', async () => {
    await lab.realServer.sysctl('net.ipv4.ip_forward', 1);
    lab.startAgent();
    // Its own address cannot be a VIP, so that this one is not held.
    await lab.putInForce({
      [OWN]: { kind: 'vip', address: OWN, services: [] },
      [VIP]: { kind: 'vip', address: VIP, services: [WEB] },
    });
    expect(loop()).toMatchObject({ status: 'False', reason: 'WouldLoop' });
    expect(loop()?.message).toContain(OWN);
    await lab.putInForce({ [OWN]: null });
    expect(loop()).toMatchObject({ status: 'True', reason: 'AllHeld' });
  });

  it('says that it forwards nothing, where it does not hold it either', async () => {
    lab.startAgent();
    await lab.putInForce({ [OWN]: { kind: 'vip', address: OWN, services: [] } });
    expect(loop()).toMatchObject({ status: 'True', reason: 'NotForwarding' });
  });
});

describe('what is derived from the reports of both ends', () => {
  const LB = {
    name: 'lb-1',
    nodeId: 'd',
    revision: null,
    versionInForce: 1,
    fault: null,
    connected: true,
    lastSeenAt: null,
  };
  const NIC = { name: 'eth0', up: true, mtu: 1500, addresses: ['192.0.2.2/24'] };

  /** Of the newest report of the agent, beside a director on the same segment. */
  function reasons(): string {
    const director = { ...LB, network: { interfaces: [NIC], gateways: [] } };
    const network = lab.reports.at(-1)?.host ?? null;
    const conditions = networkConditions(sampleServer({ address: OWN }), network, [director]);
    return conditions.map(({ reason }) => reason).join(' ');
  }

  it.each([
    ['is well', [], 'SharedSubnet Equal AnotherGateway'],
    ['tells another MTU', ['link set eth0 mtu 9000'], 'SharedSubnet Differs AnotherGateway'],
    [
      'tells answers that cross the director',
      ['route replace default via 192.0.2.2'],
      'SharedSubnet Equal ThroughDirector',
    ],
    [
      'tells that the address is not there',
      ['address flush dev eth0', 'address add 192.0.2.12/24 dev eth0'],
      'AddressNotOnHost NoSharedSubnet NoDefaultRoute',
    ],
  ])('%s', async (_, changes, wanted) => {
    for (const change of changes) await lab.realServer.exec(['ip', ...change.split(' ')]);
    await hold([WEB]);
    expect(reasons()).toBe(wanted);
  });
});

async function reversePathFilters(values: Readonly<Record<string, number>>): Promise<void> {
  for (const [name, value] of Object.entries(values)) {
    await lab.realServer.sysctl(`net.ipv4.conf.${name}.rp_filter`, value);
  }
}

function loop(): ReportedCondition | undefined {
  return lab.reports.at(-1)?.conditions.find(({ type }) => type === 'NotARouterLoop');
}
