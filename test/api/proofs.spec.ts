/** What hosts prove of services: who gets packets on the strength of it, and what an operator reads about it. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ReportedVerdict, ServiceFact } from '../../src/contract/report.js';
import { ApiUnderTest } from '../support/api-under-test.js';
import { answering, hostWith, proved, TestNode } from '../support/test-node.js';

const VIP = '192.0.2.200';
const ONE = '192.0.2.11';
const WEB = { protocol: 'tcp', port: 80 } as const;
const TLS = { protocol: 'tcp', port: 443 } as const;
const REFUSED: ReportedVerdict = { status: 'False', reason: 'Refused', message: 'Nothing listens.' };
const DROPPED: ReportedVerdict = { status: 'False', reason: 'Dropped', message: 'Rule 5 drops it.' };
const SILENT: ReportedVerdict = { status: 'Unknown', reason: 'NoAnswer', message: 'Nobody can tell.' };
const UNTRIED: ReportedVerdict = { status: 'Unknown', reason: 'NotProbed', message: 'Not asked yet.' };

let api: ApiUnderTest;
let director: TestNode;
let agent: TestNode;

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

let web: string;
let tls: string;

beforeEach(async () => {
  const make = async (port: number) =>
    (await api.createService({ address: VIP, port, drainSeconds: 0, realServers: [{ address: ONE }] })).id;
  web = await make(80);
  tls = await make(443);
  await agent.caughtUp();
});

afterEach(async () => {
  for (const id of [web, tls]) await api.delete(`/v1/virtual-services/${id}`);
  await director.confirm();
  await agent.caughtUp();
  await agent.report(agent.agentReport({ vips: [] }));
});

/** Says of the VIP's services what is given, and of the others that they answer. */
async function say(...facts: readonly ServiceFact[]): Promise<void> {
  const said = new Set(facts.map(({ port }) => port));
  const others = [WEB, TLS].filter(({ port }) => !said.has(port)).map((each) => answering(each));
  const vips = [proved(VIP, { services: [...facts, ...others] })];
  await agent.report(agent.agentReport({ complete: false, vips }));
  await director.caughtUp();
}

const isAdmitted = (id: string): boolean => ONE in director.weights(id);
/** Which of the two services the director sends packets of to the server. */
const admitted = (): string =>
  [isAdmitted(web) && 'web', isAdmitted(tls) && 'tls'].filter(Boolean).join(' and ');

async function condition(id: string, type: string) {
  const answer = await api.get(`/v1/virtual-services/${id}`).expect(200);
  const [server] = answer.body.realServers;
  return server.status.conditions.find((each: { type: string }) => each.type === type);
}

describe('a real server gets packets of a service', () => {
  it('that answers on the VIP, and not of another one there that does not', async () => {
    await say(answering(WEB, { ready: false, answers: REFUSED }));
    expect(admitted()).toBe('tls');
    expect(await condition(web, 'Admitted')).toMatchObject({
      status: 'False',
      reason: 'ServiceNotAnswering',
      message: 'Nothing listens.',
    });
    expect(await condition(web, 'ServiceAnswersOnVip')).toMatchObject({ status: 'False', reason: 'Refused' });
    expect(await condition(tls, 'ServiceAnswersOnVip')).toMatchObject({ status: 'True' });
    await say();
    expect(admitted()).toBe('web and tls');
  });

  it('until it is lost', async () => {
    await say();
    expect(admitted()).toBe('web and tls');
    await say(answering(TLS, { ready: false, firewall: DROPPED }));
    expect(admitted()).toBe('web');
    expect(await condition(tls, 'Admitted')).toMatchObject({
      reason: 'FirewallDrops',
      message: 'Rule 5 drops it.',
    });
    expect(await condition(tls, 'FirewallAllows')).toMatchObject({ status: 'False', reason: 'Dropped' });
  });

  it('though its agent gets no answer any more, where the directors check it and are the ones to take it out', async () => {
    const lost = answering(WEB, { ready: false, answers: REFUSED });
    await say();
    await say(lost);
    expect(admitted(), 'without a check').toBe('tls');
    await api.patch(`/v1/virtual-services/${web}`, { healthCheck: { type: 'tcp' } }).expect(200);
    await say(lost);
    expect(admitted(), 'its agent has to let it in').toBe('tls');
    await say();
    await say(lost);
    expect(admitted()).toBe('web and tls');
    expect(await condition(web, 'ServiceAnswersOnVip')).toMatchObject({ status: 'False', reason: 'Refused' });
    expect((await condition(web, 'Admitted')).message).toContain("the directors' health check decides");
  });

  it('of which its host cannot find out whether it answers', async () => {
    await say(answering(WEB, { answers: SILENT }));
    expect(admitted()).toBe('web and tls');
    expect(await condition(web, 'ServiceAnswersOnVip')).toMatchObject({
      status: 'Unknown',
      reason: 'NoAnswer',
    });
  });

  it('only once something is known of it', async () => {
    await say(answering(WEB, { ready: null, answers: UNTRIED }));
    expect(admitted()).toBe('tls');
    expect(await condition(web, 'Admitted')).toMatchObject({ reason: 'NotProbed' });
  });
});

describe('an agent that starts anew', () => {
  const untried = { ready: null, answers: UNTRIED };

  it('puts nobody out and lets nobody in before it knows', async () => {
    await say(answering(WEB, { ready: false, answers: REFUSED }));
    const before = await condition(tls, 'ServiceAnswersOnVip');
    await say(answering(WEB, untried), answering(TLS, untried));
    expect(admitted()).toBe('tls');
    expect(await condition(tls, 'ServiceAnswersOnVip')).toEqual(before);
    expect(await condition(web, 'ServiceAnswersOnVip')).toMatchObject({ status: 'False', reason: 'Refused' });
  });

  it('says what the firewall does all the same', async () => {
    await say();
    await say(answering(WEB, { ...untried, firewall: DROPPED }), answering(TLS, untried));
    expect(await condition(web, 'FirewallAllows')).toMatchObject({ status: 'False' });
  });

  it('brings nothing back of a service that was gone in between', async () => {
    await say();
    await agent.report(
      agent.agentReport({ complete: false, vips: [proved(VIP, { services: [answering(TLS)] })] }),
    );
    await say(answering(WEB, { ready: null, answers: UNTRIED }));
    expect(admitted()).toBe('tls');
  });
});

describe('an agent that cannot ask', () => {
  const CANNOT: ReportedVerdict = { status: 'Unknown', reason: 'CouldNotAsk', message: 'Too many files.' };

  it('says so, of what was known and of what was never known, and moves nobody', async () => {
    await say(answering(WEB, { ready: null, answers: UNTRIED }));
    const unasked = { ready: null, answers: CANNOT };
    await say(answering(WEB, unasked), answering(TLS, unasked));
    expect(admitted()).toBe('tls');
    for (const id of [web, tls]) {
      expect(await condition(id, 'ServiceAnswersOnVip')).toMatchObject({ reason: 'CouldNotAsk' });
    }
  });

  it('never says of a server that is out that its service answers, once its firewall is open', async () => {
    await say(answering(WEB, { ready: false, firewall: DROPPED }));
    await say(answering(WEB, { ready: null, answers: UNTRIED, firewall: UNTRIED }));
    expect(await condition(web, 'Admitted')).toMatchObject({ status: 'False', reason: 'FirewallDrops' });
    await say(answering(WEB, { ready: null, answers: UNTRIED }));
    expect(await condition(web, 'Admitted')).toMatchObject({ status: 'False', reason: 'NotProbed' });
    expect(admitted()).toBe('tls');
  });
});

describe('a service that takes the port of another one', () => {
  it('has to be proved itself', async () => {
    await say();
    await api.delete(`/v1/virtual-services/${web}`).expect(204);
    const changes = { address: VIP, port: 80, endPort: 90, drainSeconds: 0, realServers: [{ address: ONE }] };
    web = (await api.createService(changes)).id;
    await director.caughtUp();
    expect(admitted()).toBe('tls');
    await agent.caughtUp();
    await agent.report(agent.agentReport());
    await director.caughtUp();
    expect(admitted()).toBe('web and tls');
  });

  it('keeps its servers while they are asked on its new ports', async () => {
    await say();
    await director.confirm();
    await api.patch(`/v1/virtual-services/${web}`, { endPort: 90 }).expect(200);
    await director.caughtUp();
    expect(admitted()).toBe('web and tls');
    const wide = { ...WEB, endPort: 90 };
    await say(answering(wide, { ready: null, answers: UNTRIED }));
    expect(admitted()).toBe('web and tls');
    await say(answering(wide, { ready: false, answers: REFUSED }));
    expect(admitted()).toBe('tls');
    // What is out comes back by a proof alone.
    await say(answering(wide, { ready: null, answers: UNTRIED }));
    expect(admitted()).toBe('tls');
    await api.patch(`/v1/virtual-services/${web}`, { endPort: 95 }).expect(200);
    await say(answering({ ...WEB, endPort: 95 }, { ready: null, answers: UNTRIED }));
    expect(admitted()).toBe('tls');
  });
});

describe('the time of a condition', () => {
  it('is that of its last transition, whatever else changes', async () => {
    await say(answering(WEB, { ready: false, answers: REFUSED }));
    const { lastTransitionAt: first } = await condition(web, 'ServiceAnswersOnVip');
    const { lastTransitionAt: bound } = await condition(web, 'VipBound');
    const { lastTransitionAt: other } = await condition(tls, 'ServiceAnswersOnVip');
    await say(answering(WEB, { ready: false, answers: { ...REFUSED, reason: 'NoAnswer' } }));
    expect(await condition(web, 'ServiceAnswersOnVip')).toMatchObject({
      reason: 'NoAnswer',
      lastTransitionAt: first,
    });
    await say();
    const { lastTransitionAt: second } = await condition(web, 'ServiceAnswersOnVip');
    expect(Date.parse(second)).toBeGreaterThan(Date.parse(first));
    expect(await condition(web, 'Admitted')).toMatchObject({ lastTransitionAt: second });
    expect(await condition(web, 'VipBound')).toMatchObject({ lastTransitionAt: bound });
    expect(await condition(tls, 'ServiceAnswersOnVip')).toMatchObject({ lastTransitionAt: other });
  });
});

describe('what both ends of a segment reported', () => {
  it('is compared, and tells what to mend without putting anybody out', async () => {
    await director.report(director.directorReport({ host: hostWith(['192.0.2.2/24']) }));
    await agent.report(agent.agentReport({ host: hostWith([`${ONE}/24`], ['192.0.2.1']) }));
    for (const type of ['SameSegment', 'MtuMatches', 'DefaultRouteAvoidsDirector']) {
      expect(await condition(web, type)).toMatchObject({ type, status: 'True' });
    }
    const { interfaces } = hostWith([`${ONE}/24`]);
    const host = {
      interfaces: interfaces.map((each) => ({ ...each, mtu: 9_000 })),
      gateways: ['192.0.2.2'],
    };
    await agent.report(agent.agentReport({ host }));
    expect(await condition(web, 'MtuMatches')).toMatchObject({ status: 'False', reason: 'Differs' });
    const route = await condition(web, 'DefaultRouteAvoidsDirector');
    expect(route).toMatchObject({ status: 'False', reason: 'ThroughDirector' });
    expect(route.message).toContain('lb-1');
    await director.caughtUp();
    expect(admitted()).toBe('web and tls');
  });
});

describe('an agent that falls silent', () => {
  it('leaves its real servers in, and what it proved grows stale', async () => {
    await say();
    await director.confirm();
    await api.query(`UPDATE node_status SET last_seen_at = now() - interval '1 minute' WHERE node_id = $1`, [
      agent.id,
    ]);
    expect(await condition(web, 'VipBound')).toMatchObject({ status: 'Unknown', reason: 'Stale' });
    const answers = await condition(web, 'ServiceAnswersOnVip');
    expect(answers).toMatchObject({ status: 'Unknown', reason: 'Stale' });
    expect(answers.message).toContain('What it said last: True, Answered');
    expect(await condition(web, 'Admitted')).toMatchObject({ status: 'True' });
    // Not even a change that compiles the service anew.
    await api.patch(`/v1/virtual-services/${web}`, { scheduler: 'source-hash' }).expect(200);
    await director.caughtUp();
    expect(admitted()).toBe('web and tls');
    await say();
    expect(await condition(web, 'VipBound')).toMatchObject({ status: 'True' });
  });
});
