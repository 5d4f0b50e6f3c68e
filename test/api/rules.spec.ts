/** Every rule, with its control: refused with its status, code and field, and nothing of it is left behind. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NFTABLES_CAPABILITIES, type Capabilities } from '../../src/contract/capabilities.js';
import { ApiUnderTest } from '../support/api-under-test.js';
import {
  DIRECTOR,
  GATEWAY,
  MANAGEMENT,
  REFUSED,
  servers,
  service,
  TAKEN,
} from '../support/refused-services.js';
import { hostWith, TestNode } from '../support/test-node.js';
import { UNUSABLE } from '../support/unusable-addresses.js';

interface ErrorEntry {
  readonly code: string;
  readonly field: string;
  readonly hint: string;
}

const { statelessServices: _, ...OLDER } = NFTABLES_CAPABILITIES;

/** An engine that lacks something of each kind, and is older than stateless services. */
const FEW_ABILITIES: Capabilities = {
  ...OLDER,
  schedulers: ['maglev', 'source-hash'],
  persistence: [],
  healthChecks: ['none'],
  backupServers: false,
};

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

describe('before a director has reported,', () => {
  it('a server on an unknown segment is no error', async () => {
    const made = await api.createService(service(servers({ address: '203.0.113.11' })));
    await api.delete(`/v1/virtual-services/${made.id}`).expect(204);
  });

  it('what the built-in driver can do counts', async () => {
    const { body } = await api.get('/v1/capabilities').expect(200);
    expect(body).toMatchObject({
      directors: 0,
      schedulers: ['maglev', 'source-hash', 'round-robin'],
      persistence: ['source-ip'],
      healthChecks: ['none', 'tcp', 'http', 'https', 'udp'],
      statelessServices: true,
    });
    const wanted = {
      scheduler: 'round-robin',
      persistence: { type: 'source-ip', timeoutSeconds: 60, prefixLength: 24 },
    };
    const made = await api.createService(service(wanted));
    expect((await api.get(`/v1/virtual-services/${made.id}`)).body).toMatchObject(wanted);
    await api.delete(`/v1/virtual-services/${made.id}`).expect(204);
    const nat = servers({ address: '203.0.113.11', forwardingMethod: 'nat' });
    const answer = await api.post('/v1/virtual-services', service(nat));
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
    const host = hostWith(addresses, [GATEWAY, 'fe80::99']);
    await director.report(director.directorReport({ host, capabilities: FEW_ABILITIES }));
    director.leave();
    await api.createService({
      name: 'taken',
      address: TAKEN,
      port: 8_000,
      endPort: 8_099,
      realServers: [{ address: '192.0.2.19' }],
    });
  });

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

  it.each(UNUSABLE)('the address %j is not usable, as a VIP or as a real server', async (address, usable) => {
    const before = await api.contents();
    const answer = await api.post('/v1/virtual-services', service({ address, ...servers({ address }) }));
    expect([answer.status, codes(answer.body).sort()]).toEqual([
      400,
      ['address-not-usable /address', 'address-not-usable /realServers/0/address'],
    ]);
    const found = await api.get(`/v1/virtual-services?address=${encodeURIComponent(address)}`);
    // A filter may be a subnet.
    expect(found.status).toBe(address.includes('/') ? 200 : 400);
    expect(await api.contents()).toEqual(before);
    if (usable !== null) expect((await api.get(`/v1/virtual-services?address=${usable}`)).status).toBe(200);
  });

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
