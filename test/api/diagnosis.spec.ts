/** Why traffic does not flow through a real server, asked of the API: from intent and from what nodes reported. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ReportedCondition, ReportedHost, ReportedVip, SilenceFact } from '../../src/contract/report.js';
import { ApiUnderTest } from '../support/api-under-test.js';
import { answering, hostWith, proved, silent, TestNode } from '../support/test-node.js';

const VIP = '192.0.2.200';
const ONE = '192.0.2.11';
const NO_PROBE = { number: 0, asked: 0 };
const WEB = { protocol: 'tcp', port: 80 } as const;

let api: ApiUnderTest;
let director: TestNode;
let agent: TestNode;
let service: string;
let server: string;

beforeAll(async () => {
  api = await ApiUnderTest.start();
  director = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  agent = await TestNode.join(api, 'agent', 'web-1', [ONE]);
  await director.follow();
  await agent.follow();
});

afterAll(async () => {
  director.leave();
  agent.leave();
  await api.close();
});

beforeEach(async () => {
  const made = await api.createService({ address: VIP, drainSeconds: 60, realServers: [{ address: ONE }] });
  service = `/v1/virtual-services/${made.id}`;
  server = `${service}/real-servers/${made.realServers[0]?.id}`;
  await well();
});

afterEach(async () => {
  await api.delete(service);
  await director.confirm();
});

/** Both nodes have everything in force and report no trouble. */
async function well(): Promise<void> {
  await agent.caughtUp();
  await say();
  await director.caughtUp();
  await director.report(director.directorReport({ host: ofDirector() }));
}

const GATEWAY = ['192.0.2.1'];
const ofServer = (gateways: string[] = GATEWAY): ReportedHost => hostWith([`${ONE}/24`], gateways);
const ofDirector = (): ReportedHost => hostWith(['192.0.2.2/24'], GATEWAY);

async function say(
  parts: Partial<ReportedVip> = {},
  more: { host?: ReportedHost; conditions?: ReportedCondition[] } = {},
): Promise<void> {
  const host = ofServer();
  const vips = [proved(VIP, { services: [answering(WEB)], ...parts })];
  await agent.report(agent.agentReport({ host, vips, ...more }));
}

async function diagnosis() {
  const { body } = await api.get(`${server}/diagnosis`).expect(200);
  return body;
}

const codes = async (): Promise<string[]> =>
  (await diagnosis()).findings.map(({ code }: { code: string }) => code);

const falseCondition = (type: string, reason: string): ReportedCondition => {
  return { type, status: 'False', reason, message: `${reason} was seen.` };
};

describe('a diagnosis', () => {
  it('says plainly that nothing stands against traffic, and how old the facts are', async () => {
    const { findings, conclusion, factsFrom } = await diagnosis();
    expect(findings).toEqual([]);
    expect(conclusion).toMatch(
      /^Nothing stands against traffic, as far as is known: web-1 reported \d+ s ago, lb-1/,
    );
    expect(factsFrom).toMatchObject([
      { node: 'web-1', role: 'agent', ageSeconds: expect.any(Number), lastSeenAt: expect.any(String) },
      { node: 'lb-1', role: 'director' },
    ]);
  });

  it('tells what was seen, why it matters, and what to do', async () => {
    const answers = { status: 'False', reason: 'Refused', message: 'Nothing listens.' } as const;
    await say({ services: [answering(WEB, { ready: false, answers })] });
    const { findings, conclusion } = await diagnosis();
    expect(conclusion).toBe('Nothing listens on the VIP, most likely; 1 more below.');
    expect(findings[0]).toMatchObject({
      code: 'not-listening',
      severity: 'no-traffic',
      seen: 'Nothing listens.',
      fix: { place: 'real-server', linux: { commands: [expect.stringContaining('ss ')] } },
      facts: { condition: 'ServiceAnswersOnVip', reason: 'Refused', since: expect.any(String) },
    });
  });

  it('is there for real servers that are there', async () => {
    const nobody = '00000000-0000-4000-8000-00000000abcd';
    await api.get(`${service}/real-servers/${nobody}/diagnosis`).expect(404);
    await api.get(`/v1/virtual-services/${nobody}/real-servers/${nobody}/diagnosis`).expect(404);
    await api.get(`${service}/real-servers/x/diagnosis`).expect(404);
    await api.get(`${server}/diagnosis?os=linux`).expect(400);
    await api.send('get', `${server}/diagnosis`, null).expect(401);
  });
});

describe('named first is', () => {
  it('what operators decided', async () => {
    await api.insist(server, { weight: 0 });
    expect((await codes())[0]).toBe('server-weight-zero');
    await api.insist(server, { enabled: false });
    expect((await codes())[0]).toBe('server-draining');
    await api.query('DELETE FROM drain');
    expect((await codes())[0]).toBe('server-disabled');
    await api.patch(service, { enabled: false }).expect(200);
    expect((await codes())[0]).toBe('service-disabled');
  });

  it('a rule that something broke later', async () => {
    await api.post('/v1/nodes', { name: 'lb-9', role: 'director', addresses: ['192.0.2.99'] }).expect(201);
    await api.query(`UPDATE node_address SET address = $1 WHERE address = '192.0.2.99'`, [VIP]);
    const { findings } = await diagnosis();
    expect(findings).toMatchObject([{ code: 'rule-broken', facts: { rules: 'address-is-a-node' } }]);
    await api.query(`DELETE FROM node WHERE name = 'lb-9'`);
  });

  it('what a director cannot do, or has not done yet', async () => {
    const fault = { key: service.split('/').at(-1) ?? '', versionInForce: null, reason: 'NftRefused' };
    const faults = [{ ...fault, message: 'nft said no' }];
    await director.report(director.directorReport({ host: ofDirector(), faults }));
    expect(await diagnosis()).toMatchObject({
      findings: [{ code: 'director-fault', seen: 'lb-1: nft said no' }],
    });
    await well();
    await api.patch(service, { scheduler: 'source-hash' }).expect(200);
    expect(await codes()).toContain('directors-behind');
    await well();
  });

  it('a director that is away', async () => {
    await api.query(`UPDATE node_status SET last_seen_at = now() - interval '1 minute' WHERE node_id = $1`, [
      director.id,
    ]);
    expect(await codes()).toEqual(['directors-away']);
  });

  it('an agent that is away, with what it said last', async () => {
    await say({ bound: false, silent: true, reason: 'NotBound', message: 'Not on lo.' });
    await api.query(`UPDATE node_status SET last_seen_at = now() - interval '1 minute' WHERE node_id = $1`, [
      agent.id,
    ]);
    expect(await codes()).toEqual(expect.arrayContaining(['vip-missing', 'agent-away']));
    expect((await codes())[0]).toBe('vip-missing');
    const { factsFrom } = await diagnosis();
    expect(factsFrom[0].ageSeconds).toBeGreaterThanOrEqual(60);
  });

  it('an agent that holds a newer history than the database', async () => {
    await agent.report({
      ...agent.agentReport({
        host: ofServer(),
        conditions: [falseCondition('DocumentsAccepted', 'OlderVersion')],
      }),
    });
    expect((await codes())[0]).toBe('agent-of-another-epoch');
  });

  it('an agent that has not taken what asks for the VIP', async () => {
    const made = await api.createService({
      address: '192.0.2.201',
      realServers: [{ address: ONE }],
    });
    const other = `/v1/virtual-services/${made.id}/real-servers/${made.realServers[0]?.id}/diagnosis`;
    const { body } = await api.get(other).expect(200);
    expect(body.findings[0]).toMatchObject({ code: 'agent-not-reported' });
    await api.delete(`/v1/virtual-services/${made.id}`);
  });

  it('that nobody joined for the real server', async () => {
    const { body } = await api.post(`${service}/real-servers`, { address: '192.0.2.14' }).expect(201);
    const answer = await api.get(`${service}/real-servers/${body.id}/diagnosis`).expect(200);
    expect(answer.body.findings[0]).toMatchObject({ code: 'no-agent' });
    expect(answer.body.factsFrom).toMatchObject([{ node: 'lb-1' }]);
    const node = { name: 'web-14', role: 'agent', addresses: ['192.0.2.14'] };
    await api.post('/v1/nodes', node).expect(201);
    const later = await api.get(`${service}/real-servers/${body.id}/diagnosis`).expect(200);
    expect(later.body.findings[0]).toMatchObject({
      code: 'no-agent',
      seen: expect.stringContaining('web-14 is made known'),
    });
  });

  it('what a host without an agent lacks', async () => {
    const host = { address: '192.0.2.12', managed: false };
    const { body } = await api.post(`${service}/real-servers`, host).expect(201);
    const unmanaged = `${service}/real-servers/${body.id}`;
    const first = async () => {
      const answer = await api.get(`${unmanaged}/diagnosis`).expect(200);
      return answer.body.findings[0];
    };
    const report = async (changes: Partial<SilenceFact> = {}) => {
      await director.caughtUp();
      const probes = director.service(service.split('/').at(-1) ?? '')?.silenceProbes ?? [];
      const silence = probes.map((probe) => silent(probe, changes));
      await director.report(director.directorReport({ host: ofDirector(), silence }));
    };
    const { fix, code } = await first();
    expect(code).toBe('not-attested');
    expect(fix.linux.commands.join(' ')).toContain(`$API${unmanaged}/attestation`);
    await api.send('put', `${unmanaged}/attestation`).expect(200);
    expect(await first()).toMatchObject({ code: 'silence-not-proved' });
    await report({ silent: false, reason: 'AnswersForVip', message: '02:00:00:00:00:b1 answered.' });
    expect(await first()).toMatchObject({ code: 'host-answered-for-vip', severity: 'wrong-traffic' });
    await report();
    await report();
    expect(await first()).toBeUndefined();
    await report({ strangers: ['02:00:00:00:00:01'] });
    expect(await first()).toBeUndefined();
    await report({ strangers: ['02:00:00:00:00:ee'] });
    expect(await first()).toMatchObject({
      code: 'somebody-else-answers',
      seen: expect.stringContaining('lb-1 heard 02:00:00:00:00:ee'),
    });
  });

  it('the host itself, and not as somebody else, where directors ask about another host of the VIP, too', async () => {
    const add = async (address: string) => {
      const { body } = await api.post(`${service}/real-servers`, { address, managed: false }).expect(201);
      return `${service}/real-servers/${body.id}/diagnosis`;
    };
    const [leaking, other] = [await add('192.0.2.12'), await add('192.0.2.13')];
    await director.caughtUp();
    const [first, second] = director.service(service.split('/').at(-1) ?? '')?.silenceProbes ?? [];
    const [loud, beside] = [first ?? NO_PROBE, second ?? NO_PROBE];
    await director.report(
      director.directorReport({
        host: ofDirector(),
        silence: [silent(loud, { silent: false }), silent(beside, { strangers: ['02:00:00:00:00:b1'] })],
      }),
    );
    const strangersOf = async (path: string) => {
      const { body } = await api.get(path).expect(200);
      return body.findings.some(({ code }: { code: string }) => code === 'somebody-else-answers');
    };
    expect([await strangersOf(leaking), await strangersOf(other)]).toEqual([false, true]);
  });

  it('what a director says of itself', async () => {
    const conditions = [falseCondition('VipsAnnounced', 'CannotAnnounce')];
    await director.report(director.directorReport({ host: ofDirector(), conditions }));
    expect(await diagnosis()).toMatchObject({
      findings: [{ code: 'director-in-trouble', seen: 'lb-1: CannotAnnounce was seen.' }],
    });
  });

  it('what the two ends of the segment reported', async () => {
    await say({}, { host: hostWith(['192.0.3.11/24'], GATEWAY) });
    expect((await codes())[0]).toBe('address-not-on-host');
    const { interfaces, gateways } = ofServer();
    await say({}, { host: { interfaces: interfaces.map((each) => ({ ...each, mtu: 9000 })), gateways } });
    expect(await codes()).toEqual(['mtu-differs']);
    await say({}, { host: ofServer(['192.0.2.2']) });
    expect(await codes()).toEqual(['default-route-through-director']);
    await say({}, { host: ofServer([]) });
    expect(await codes()).toEqual(['no-default-route']);
    await director.report(director.directorReport({ host: hostWith(['198.51.100.2/24']) }));
    await say();
    expect(await codes()).toEqual(['no-common-segment']);
  });
});
