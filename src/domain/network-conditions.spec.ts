import { describe, expect, it } from 'vitest';
import { networkConditions } from './network-conditions.js';
import { director, network } from './sample-observation.fake.js';
import { sampleServer } from './sample-service.fake.js';
import type { ObservedNetwork } from './status.js';

const SERVER = sampleServer();
const HOST = network('192.0.2.11/24', ['192.0.2.1']);
const DIRECTOR = network('192.0.2.2/24');

function verdicts(host: ObservedNetwork | null, ...directors: readonly (ObservedNetwork | null)[]): string[] {
  const named = directors.map((each, index) => director({ name: `lb-${index + 1}`, network: each }));
  return networkConditions(SERVER, host, named).map(({ status, reason }) => `${status} ${reason}`);
}

const [SEGMENT, MTU, ROUTE] = [0, 1, 2] as const;
const WELL = ['True SharedSubnet', 'True Equal', 'True AnotherGateway'];

describe('a real server in the network', () => {
  it('is well in one subnet with every director, behind another gateway', () => {
    expect(verdicts(HOST, DIRECTOR, network('192.0.2.3/24'))).toEqual(WELL);
  });

  it('is unknown before both sides have reported', () => {
    const unknown = ['Unknown NotReported', 'Unknown NotReported', 'Unknown NotReported'];
    expect(verdicts(null, DIRECTOR)).toEqual(unknown);
    expect(verdicts(network('192.0.2.11/24', []), null)).toEqual(unknown);
    expect(verdicts({ interfaces: [], gateways: [] }, DIRECTOR)).toEqual(unknown);
    expect(verdicts(HOST)).toEqual(unknown);
  });

  it.each([
    ['whose host has another address', network('192.0.2.12/24'), [DIRECTOR], 'False AddressNotOnHost'],
    ['whose director is elsewhere', HOST, [network('198.51.100.2/24')], 'False NoSharedSubnet'],
    [
      'whose second director is elsewhere',
      HOST,
      [DIRECTOR, network('198.51.100.2/24')],
      'False NoSharedSubnet',
    ],
    ['whose subnet does not hold the director', network('192.0.2.11/30'), [DIRECTOR], 'False NoSharedSubnet'],
    ['whose interface is down', down(HOST), [DIRECTOR], 'False InterfaceDown'],
    ["whose director's interface is down", HOST, [down(DIRECTOR)], 'False NoSharedSubnet'],
  ])('%s is on no shared segment', (_, host, directors, verdict) => {
    expect(verdicts(host, ...directors)[SEGMENT]).toBe(verdict);
  });

  it('is compared with the directors that are there, and the others are named', () => {
    const there = director({ name: 'lb-1', network: DIRECTOR });
    const away = director({
      name: 'lb-2',
      network: network('198.51.100.2/24', [], 9000),
      connected: false,
    });
    const found = networkConditions(SERVER, HOST, [there, away]);
    expect(found.map(({ status, reason }) => `${status} ${reason}`)).toEqual(WELL);
    for (const { message } of found) expect(message).toContain('Left out, being away: lb-2.');
    const alone = networkConditions(SERVER, HOST, [away]);
    expect(alone.map(({ status, reason }) => `${status} ${reason}`)).toEqual(
      WELL.map(() => 'Unknown DirectorsAway'),
    );
    const routed = network('192.0.2.11/24', ['198.51.100.2']);
    expect(networkConditions(SERVER, routed, [there, away])[ROUTE]).toMatchObject({ status: 'True' });
  });

  it('that takes smaller frames than a director sends is named, with both ends', () => {
    const jumbo = network('192.0.2.2/24', [], 9000);
    expect(verdicts(HOST, DIRECTOR, jumbo)[MTU]).toBe('False Differs');
    const [, mtu] = networkConditions(SERVER, HOST, [director({ network: jumbo })]);
    expect(mtu?.message).toContain('eth0 of the host has an MTU of 1500, eth0 of lb-1 one of 9000');
    expect(verdicts(HOST, network('198.51.100.2/24', [], 9000))[MTU]).toBe('Unknown NoSharedSubnet');
  });

  it.each([
    ['a director', ['192.0.2.2'], 'False ThroughDirector'],
    ['a router and a director', ['192.0.2.1', '192.0.2.2'], 'False ThroughDirector'],
    ['nowhere', [], 'Unknown NoDefaultRoute'],
    ['a router of the other family alone', ['2001:db8::1'], 'Unknown NoDefaultRoute'],
  ])('whose default route leads to %s', (_, gateways, verdict) => {
    expect(verdicts(network('192.0.2.11/24', gateways), DIRECTOR)[ROUTE]).toBe(verdict);
  });

  it('whose IPv6 route leads to a link-local address cannot be judged', () => {
    const server = sampleServer({ address: '2001:db8::11' });
    const host = network('2001:db8::11/64', ['fe80::1']);
    const [, , route] = networkConditions(server, host, [director({ network: network('2001:db8::2/64') })]);
    expect(route).toMatchObject({ status: 'Unknown', reason: 'LinkLocalGateway' });
  });
});

function down({ interfaces, gateways }: ObservedNetwork): ObservedNetwork {
  return { interfaces: interfaces.map((each) => ({ ...each, up: false })), gateways };
}
