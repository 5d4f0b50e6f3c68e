/** Every rule, with its control: refused with its status, code and field, and nothing of it is left behind. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiUnderTest } from '../support/api-under-test.js';
import { hostWith, TestNode } from '../support/test-node.js';

interface ErrorEntry {
  readonly code: string;
  readonly field: string;
  readonly hint: string;
}

const DIRECTOR = '192.0.2.2';
const GATEWAY = '192.0.2.1';
const MANAGEMENT = '192.0.2.3';
const TAKEN = '192.0.2.210';

let api: ApiUnderTest;
let director: TestNode;

beforeAll(async () => {
  api = await ApiUnderTest.start();
  director = await TestNode.join(api, 'director', 'lb-1', [DIRECTOR]);
});

afterAll(() => api.close());

function codes(body: { errors: ErrorEntry[] }): string[] {
  return body.errors.map(({ code, field }) => `${code} ${field}`);
}

const service = (changes: object) => ({ address: '192.0.2.200', port: 80, protocol: 'tcp', ...changes });
const servers = (...list: object[]) => ({ realServers: list });

describe('before a director has reported,', () => {
  it('a server on an unknown segment is no error', async () => {
    const made = await api.createService(service(servers({ address: '203.0.113.11' })));
    await api.delete(`/v1/virtual-services/${made.id}`).expect(204);
  });

  it('what the built-in driver can do counts', async () => {
    const { body } = await api.get('/v1/capabilities').expect(200);
    expect(body).toMatchObject({
      directors: 0,
      schedulers: ['maglev', 'source-hash'],
      healthChecks: ['none'],
    });
    const answer = await api.post('/v1/virtual-services', service({ scheduler: 'round-robin' }));
    expect([answer.status, answer.body.code]).toEqual([422, 'not-enforceable']);
  });
});

it('an agent keeps no address from becoming a VIP by what it says of its host; a director does', async () => {
  const agent = await TestNode.join(api, 'agent', 'web-8', ['192.0.2.98']);
  const second = await TestNode.join(api, 'director', 'lb-8', ['192.0.2.97']);
  const host = hostWith(['198.51.100.8/24'], ['198.51.100.9']);
  const attempt = () =>
    api.post('/v1/virtual-services', { address: '198.51.100.8', port: 80, protocol: 'tcp' });
  const attemptGateway = () =>
    api.post('/v1/virtual-services', { address: '198.51.100.9', port: 80, protocol: 'tcp' });

  await agent.report(agent.agentReport({ host }));
  for (const { status, body } of [await attempt(), await attemptGateway()]) {
    expect(status).toBe(201);
    await api.delete(`/v1/virtual-services/${body.id}`).expect(204);
  }
  await second.report(second.directorReport({ host }));
  for (const { status, body } of [await attempt(), await attemptGateway()]) {
    expect([status, body.code]).toEqual([422, 'address-is-a-node']);
  }
  await api.delete(`/v1/nodes/${second.id}`).expect(204);
});

describe('with a director that has reported its interfaces,', () => {
  beforeAll(async () => {
    await director.follow();
    const addresses = [`${DIRECTOR}/24`, `${MANAGEMENT}/24`, '2001:db8::2/64', 'fe80::1/64'];
    await director.report(director.directorReport({ host: hostWith(addresses, [GATEWAY, 'fe80::99']) }));
    director.leave();
    await api.createService({
      name: 'taken',
      address: TAKEN,
      port: 8_000,
      endPort: 8_099,
      realServers: [{ address: '192.0.2.19' }],
    });
  });

  const REFUSED: [name: string, body: object, status: number, errors: string[], control: object | null][] = [
    [
      'a Direct return server on a service that is not forced to layer 4',
      { forceL4: false, ...servers({ address: '192.0.2.11' }) },
      422,
      ['direct-return-requires-force-l4 /realServers/0/forwardingMethod'],
      { forceL4: false },
    ],
    [
      'a port of its own on a Direct return server',
      servers({ address: '192.0.2.11' }, { address: '192.0.2.12', port: 8_080 }),
      422,
      ['direct-return-keeps-the-port /realServers/1/port'],
      servers({ address: '192.0.2.11' }, { address: '192.0.2.12', port: 80 }),
    ],
    [
      'an IPv6 server behind an IPv4 VIP',
      servers({ address: '2001:db8::11' }),
      422,
      ['address-families-differ /realServers/0/address'],
      servers({ address: '192.0.2.11' }),
    ],
    [
      'an IPv4 server behind an IPv6 VIP',
      { address: '2001:db8::200', ...servers({ address: '192.0.2.11' }) },
      422,
      ['address-families-differ /realServers/0/address'],
      { address: '2001:db8::200', ...servers({ address: '2001:db8::11' }) },
    ],
    [
      'a real server that is the VIP',
      servers({ address: '192.0.2.200' }),
      422,
      ['real-server-is-the-vip /realServers/0/address'],
      servers({ address: '192.0.2.199' }),
    ],
    [
      'a real server that is the VIP in another spelling',
      { address: '2001:db8::200', ...servers({ address: '2001:0DB8:0::0200' }) },
      422,
      ['real-server-is-the-vip /realServers/0/address'],
      null,
    ],
    [
      'a real server that is the VIP of another service',
      servers({ address: TAKEN }),
      422,
      ['real-server-is-the-vip /realServers/0/address'],
      null,
    ],
    [
      'a VIP that is a real server of another service',
      { address: '192.0.2.19' },
      422,
      ['real-server-is-the-vip /address'],
      null,
    ],
    ['a VIP that a director joined with', { address: DIRECTOR }, 422, ['address-is-a-node /address'], null],
    [
      'a VIP that is another address of a director',
      { address: MANAGEMENT },
      422,
      ['address-is-a-node /address'],
      null,
    ],
    ['a VIP that is a gateway', { address: GATEWAY }, 422, ['address-is-a-node /address'], null],
    [
      'a server on no segment of a director',
      servers({ address: '192.0.2.11' }, { address: '203.0.113.11' }),
      422,
      ['no-shared-segment /realServers/1/address'],
      servers({ address: '192.0.2.11' }, { address: '192.0.2.254' }),
    ],
    [
      'an IPv6 server on no segment of a director',
      { address: '2001:db8::200', ...servers({ address: '2001:db8:1::11' }) },
      422,
      ['no-shared-segment /realServers/0/address'],
      { address: '2001:db8::200', ...servers({ address: '2001:db8::11' }) },
    ],
    [
      'the port of another service',
      { address: TAKEN, port: 8_000 },
      409,
      ['virtual-service-overlaps /port'],
      { address: TAKEN, port: 7_999 },
    ],
    [
      'the last port of the range of another service',
      { address: TAKEN, port: 8_099 },
      409,
      ['virtual-service-overlaps /port'],
      { address: TAKEN, port: 8_100 },
    ],
    [
      'a range that ends in that of another service',
      { address: TAKEN, port: 7_000, endPort: 8_000 },
      409,
      ['virtual-service-overlaps /port'],
      { address: TAKEN, port: 7_000, endPort: 7_999 },
    ],
    [
      'a range that holds that of another service',
      { address: TAKEN, port: 1, endPort: 65_535 },
      409,
      ['virtual-service-overlaps /port'],
      { address: TAKEN, port: 1, endPort: 65_535, protocol: 'udp' },
    ],
    [
      'one address twice among its servers',
      servers({ address: '192.0.2.11' }, { address: '192.0.2.12' }, { address: '192.0.2.11', weight: 7 }),
      409,
      ['real-server-exists /realServers/2/address'],
      null,
    ],
    [
      'a scheduler that no engine has',
      { scheduler: 'round-robin' },
      422,
      ['not-enforceable /scheduler'],
      { scheduler: 'source-hash' },
    ],
    [
      'a health check that no engine has',
      { healthCheck: { type: 'tcp' } },
      422,
      ['not-enforceable /healthCheck/type'],
      { healthCheck: { type: 'none' } },
    ],
    [
      'persistence that no engine has',
      { persistence: { type: 'source-ip', timeoutSeconds: 60, prefixLength: 32 } },
      422,
      ['not-enforceable /persistence'],
      { persistence: null },
    ],
    [
      'a forwarding method that no engine has',
      servers({ address: '192.0.2.11', forwardingMethod: 'nat' }),
      422,
      ['not-enforceable /realServers/0/forwardingMethod'],
      servers({ address: '192.0.2.11', forwardingMethod: 'direct-return' }),
    ],
    [
      'a range that ends before it begins',
      { port: 80, endPort: 79 },
      400,
      ['port-range-invalid /endPort'],
      { port: 80, endPort: 80 },
    ],
    [
      'a check that outlasts its interval',
      { healthCheck: { type: 'tcp', intervalSeconds: 2, timeoutSeconds: 2 } },
      400,
      ['health-check-timeout-invalid /healthCheck/timeoutSeconds', 'not-enforceable /healthCheck/type'],
      null,
    ],
    [
      'a prefix that is longer than an address',
      { persistence: { type: 'source-ip', timeoutSeconds: 60, prefixLength: 33 } },
      400,
      ['persistence-prefix-invalid /persistence/prefixLength', 'not-enforceable /persistence'],
      null,
    ],
  ];

  it.each(REFUSED)(
    '%s is refused, and leaves nothing behind',
    async (_name, body, status, errors, control) => {
      const before = await api.contents();
      const answer = await api.post('/v1/virtual-services', service(body));
      expect([answer.status, codes(answer.body)]).toEqual([status, errors]);
      expect(answer.body.code).toBe(errors[0]?.split(' ')[0]);
      expect(answer.headers['content-type']).toBe('application/problem+json');
      for (const { hint } of answer.body.errors as ErrorEntry[]) expect(hint).toMatch(/\.$/);
      expect(await api.contents()).toEqual(before);
      if (control === null) return;
      const made = await api.createService(service(control));
      await api.delete(`/v1/virtual-services/${made.id}`).expect(204);
    },
  );

  it('all that is broken is told at once, the gravest first', async () => {
    const before = await api.contents();
    const answer = await api.post('/v1/virtual-services', {
      ...service({ address: TAKEN, port: 8_050, forceL4: false, scheduler: 'round-robin' }),
      ...servers(
        { address: TAKEN },
        { address: '2001:db8::11', port: 81 },
        { address: '203.0.113.5', forwardingMethod: 'nat' },
        { address: '203.0.113.5' },
      ),
    });
    expect(answer.status).toBe(422);
    expect(codes(answer.body).sort()).toEqual(
      [
        'direct-return-requires-force-l4 /realServers/0/forwardingMethod',
        'direct-return-requires-force-l4 /realServers/1/forwardingMethod',
        'direct-return-requires-force-l4 /realServers/3/forwardingMethod',
        'direct-return-keeps-the-port /realServers/1/port',
        'address-families-differ /realServers/1/address',
        'real-server-is-the-vip /realServers/0/address',
        'no-shared-segment /realServers/2/address',
        'no-shared-segment /realServers/3/address',
        'not-enforceable /scheduler',
        'not-enforceable /realServers/2/forwardingMethod',
        'real-server-exists /realServers/3/address',
        'virtual-service-overlaps /port',
      ].sort(),
    );
    expect(await api.contents()).toEqual(before);
  });

  const ADDRESSES: [text: string, usable: string | null][] = [
    ['224.0.0.1', null],
    ['ff02::1', null],
    ['255.255.255.255', null],
    ['127.0.0.1', null],
    ['::1', null],
    ['0.0.0.0', null],
    ['::', null],
    ['169.254.1.1', null],
    ['fe80::1', null],
    ['fe80::1%eth0', null],
    ['2001:db8::1%eth0', null],
    ['::ffff:192.0.2.1', null],
    ['::192.0.2.1', null],
    ['192.0.2.010', '192.0.2.10'],
    ['192.0.2', null],
    ['0xc0.0.2.1', null],
    ['3221225985', null],
    ['192.0.2.1/32', null],
    [' 192.0.2.1', null],
    ['192.0.2.256', null],
    ['localhost', null],
    ['192.0.2.1; drop', null],
    ['', null],
  ];

  it.each(ADDRESSES)(
    'the address %j is not usable, as a VIP or as a real server',
    async (address, usable) => {
      const before = await api.contents();
      const answer = await api.post('/v1/virtual-services', service({ address, ...servers({ address }) }));
      expect([answer.status, codes(answer.body).sort()]).toEqual([
        400,
        ['address-not-usable /address', 'address-not-usable /realServers/0/address'],
      ]);
      expect((await api.get(`/v1/virtual-services?address=${encodeURIComponent(address)}`)).status).toBe(400);
      expect(await api.contents()).toEqual(before);
      if (usable !== null) expect((await api.get(`/v1/virtual-services?address=${usable}`)).status).toBe(200);
    },
  );

  describe('a change of a service that exists', () => {
    let path: string;

    beforeAll(async () => {
      const { id } = await api.createService(
        service({ address: '192.0.2.220', ...servers({ address: '192.0.2.11' }) }),
      );
      path = `/v1/virtual-services/${id}`;
    });

    it.each([
      [
        'forceL4 off',
        { forceL4: false },
        422,
        ['direct-return-requires-force-l4 /realServers/0/forwardingMethod'],
      ],
      [
        'the other family',
        { address: '2001:db8::220' },
        422,
        ['address-families-differ /realServers/0/address'],
      ],
      [
        'the address of its server',
        { address: '192.0.2.11' },
        422,
        ['real-server-is-the-vip /realServers/0/address'],
      ],
      ['the address of a director', { address: DIRECTOR }, 422, ['address-is-a-node /address']],
      ['the ports of another', { address: TAKEN, port: 8_001 }, 409, ['virtual-service-overlaps /port']],
      ['what no engine has', { scheduler: 'round-robin' }, 422, ['not-enforceable /scheduler']],
    ])('to %s is refused, and leaves nothing behind', async (_name, patch, status, errors) => {
      const before = [await api.contents(), (await api.get(path)).body];
      const answer = await api.patch(path, patch);
      expect([answer.status, codes(answer.body)]).toEqual([status, errors]);
      expect([await api.contents(), (await api.get(path)).body]).toEqual(before);
    });

    it.each([
      ['twice the same', { address: '192.0.2.11' }, 409, 'real-server-exists'],
      ['the VIP', { address: '192.0.2.220' }, 422, 'real-server-is-the-vip'],
      ['of the other family', { address: '2001:db8::11' }, 422, 'address-families-differ'],
      ['with another port', { address: '192.0.2.12', port: 81 }, 422, 'direct-return-keeps-the-port'],
      ['on no segment', { address: '203.0.113.9' }, 422, 'no-shared-segment'],
      ['by NAT', { address: '192.0.2.12', forwardingMethod: 'nat' }, 422, 'not-enforceable'],
      ['that is loopback', { address: '127.0.0.1' }, 400, 'address-not-usable'],
    ])('by a server %s is refused, and leaves nothing behind', async (_name, body, status, code) => {
      const before = await api.contents();
      const answer = await api.post(`${path}/real-servers`, body);
      expect([answer.status, answer.body.code]).toEqual([status, code]);
      expect(await api.contents()).toEqual(before);
      const { id } = (await api.post(`${path}/real-servers`, { address: '192.0.2.12' }).expect(201)).body;
      const changed = await api.patch(`${path}/real-servers/${id}`, body);
      expect([changed.status, changed.body.code]).toEqual([status, code]);
      await api.delete(`${path}/real-servers/${id}`).expect(204);
    });

    it('moves the port of a service whose server has the port spelt out only together with it', async () => {
      const { body } = await api
        .post(`${path}/real-servers`, { address: '192.0.2.13', port: 80 })
        .expect(201);
      const answer = await api.patch(path, { port: 81 });
      expect([answer.status, codes(answer.body)]).toEqual([
        422,
        ['direct-return-keeps-the-port /realServers/1/port'],
      ]);
      await api.patch(`${path}/real-servers/${body.id}`, { port: null }).expect(200);
      await api.patch(path, { port: 81 }).expect(200);
      await api.patch(path, { port: 80 }).expect(200);
    });

    it('stays possible although a node has taken its VIP for an address of its own since', async () => {
      const later = await TestNode.join(api, 'director', 'lb-9', ['192.0.2.99']);
      await later.report(later.directorReport({ host: hostWith(['192.0.2.220/24']) }));
      await api.patch(path, { name: 'still editable' }).expect(200);
      const another = await api.post('/v1/virtual-services', service({ address: '192.0.2.220', port: 443 }));
      expect([another.status, another.body.code]).toEqual([422, 'address-is-a-node']);
    });
  });
});
