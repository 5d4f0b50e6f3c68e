/** A host without an agent gets packets on an operator's word, and only while no director has heard it answer for the VIP. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SilenceFact } from '../../src/contract/report.js';
import { ApiUnderTest } from '../support/api-under-test.js';
import { silent, TestNode } from '../support/test-node.js';

const VIP = '192.0.2.200';
const HOST = '192.0.2.11';
const ANSWERED = { silent: false, reason: 'AnswersForVip', message: '02:00:00:00:00:b1 answered.' };
const STRANGER = '02:00:00:00:00:ee';
const CANNOT_TELL = { silent: null, reason: 'HostNotHeard', message: 'It did not answer for itself.' };

let api: ApiUnderTest;
let one: TestNode;
let id: string;
let path: string;

beforeEach(async () => {
  api = await ApiUnderTest.start();
  one = await TestNode.join(api, 'director', 'lb-1', ['192.0.2.2']);
  await one.follow();
  await one.confirm();
  await createService();
});

afterEach(async () => {
  one.leave();
  await api.close();
});

async function createService(changes: object = {}): Promise<void> {
  const realServers = [{ address: HOST, managed: false }];
  const made = await api.createService({ address: VIP, drainSeconds: 60, realServers, ...changes });
  ({ id } = made);
  path = `/v1/virtual-services/${id}/real-servers/${made.realServers[0]?.id ?? ''}`;
}

const attest = (ticket = 'CHG7') => api.send('put', `${path}/attestation`).set('X-Change-Ticket', ticket);
const withdraw = () => api.delete(`${path}/attestation`);

/** What the director says next of the one server, as it is asked now. */
async function found(director: TestNode, changes: Partial<SilenceFact> = {}): Promise<void> {
  await director.caughtUp();
  const probes = director.service(id)?.silenceProbes ?? [];
  await director.report(director.directorReport({ silence: probes.map((probe) => silent(probe, changes)) }));
}

async function weights(): Promise<Record<string, number>> {
  await one.caughtUp();
  return one.weights(id);
}

async function away(director: TestNode, interval: string): Promise<void> {
  await api.query('UPDATE node_status SET last_seen_at = now() - $2::interval WHERE node_id = $1', [
    director.id,
    interval,
  ]);
}

/** As time would. */
async function endDrain(): Promise<void> {
  await api.query('UPDATE drain SET until = now()');
}

async function condition(type: string): Promise<{ status: string; reason: string; message: string }> {
  const { body } = await api.get(path).expect(200);
  return body.status.conditions.find((each: { type: string }) => each.type === type);
}

async function admit(): Promise<void> {
  await attest().expect(200);
  await found(one);
  expect(await weights()).toEqual({ [HOST]: 1000 });
}

describe('a real server without an agent', () => {
  it('is asked about by the directors from the start, and forwarded to by none', async () => {
    await one.caughtUp();
    expect(one.service(id)).toMatchObject({ servers: [], silenceProbes: [{ address: HOST, asked: 0 }] });
    expect(await condition('Admitted')).toMatchObject({ status: 'False', reason: 'NotAttested' });
  });

  it('is admitted when it is attested and then found silent; neither is enough', async () => {
    await found(one);
    expect(await weights(), 'silent, and nobody has said that it holds the VIP').toEqual({});
    expect(await condition('SilentOnSegment')).toMatchObject({ status: 'True' });

    await attest().expect(200);
    expect(await weights(), 'what was found before the word counts for nothing').toEqual({});
    expect(await condition('Admitted')).toMatchObject({ reason: 'SilenceNotProved' });

    await found(one);
    expect(await weights()).toEqual({ [HOST]: 1000 });
    expect(await condition('Admitted')).toMatchObject({ status: 'True' });
    await one.confirm();
    const { body } = await api.get(path);
    expect(body.status).toMatchObject({ provisioning: 'in-sync', operating: 'online' });
  });

  it('is not admitted on a report that was made before the attestation and arrives after it', async () => {
    await one.caughtUp();
    const [probe] = one.service(id)?.silenceProbes ?? [];
    const late = one.directorReport({ silence: [silent(probe ?? { number: 0, asked: 0 })] });
    await attest().expect(200);
    await one.report(late);
    expect(await weights()).toEqual({});
  });

  it('is taken out at once when it answers for the VIP, with who answered and what to do', async () => {
    await admit();
    await found(one, ANSWERED);
    expect(await weights()).toEqual({});
    expect(await api.query('SELECT 1 FROM drain'), 'no flow may stay with it').toEqual([]);
    const { status, reason, message } = await condition('Admitted');
    expect([status, reason]).toEqual(['False', 'NotSilent']);
    expect(message).toContain('lb-1: 02:00:00:00:00:b1 answered.');
    expect(message).toContain('arp_ignore');
    expect(await condition('SilentOnSegment')).toMatchObject({ status: 'False', reason: 'AnswersForVip' });

    await found(one);
    expect(await weights(), 'its attestation stands').toEqual({ [HOST]: 1000 });
  });

  it('stays in when the director cannot tell any more, and is not let in by one that cannot', async () => {
    await attest().expect(200);
    await found(one, CANNOT_TELL);
    expect(await weights()).toEqual({});
    await found(one);
    await found(one, CANNOT_TELL);
    expect(await weights()).toEqual({ [HOST]: 1000 });
    expect(await condition('SilentOnSegment')).toMatchObject({ status: 'Unknown' });
    await found(one, ANSWERED);
    await found(one, CANNOT_TELL);
    expect(await weights(), 'it was heard, and has not been found silent since').toEqual({});
  });

  it('is not admitted while somebody unknown answers for the VIP, and one that is in stays', async () => {
    await attest().expect(200);
    await found(one, { strangers: [STRANGER] });
    expect(await weights()).toEqual({});
    const { reason, message } = await condition('SilentOnSegment');
    expect(reason).toBe('SomebodyAnswers');
    expect(message).toContain(`lb-1: ${STRANGER} answered.`);
    await found(one);
    expect(await weights()).toEqual({ [HOST]: 1000 });
    await found(one, { strangers: [STRANGER] });
    expect(await weights()).toEqual({ [HOST]: 1000 });
    expect(await condition('SilentOnSegment')).toMatchObject({ status: 'Unknown' });
  });

  it('is admitted while another director answers for the VIP, as soon as that is known to be one', async () => {
    await attest().expect(200);
    await found(one, { strangers: [STRANGER] });
    const interfaces = [{ name: 'eth0', mac: STRANGER, up: true, mtu: 1500, addresses: ['192.0.2.3/24'] }];
    const other = await TestNode.join(api, 'director', 'lb-2', ['192.0.2.3']);
    await other.follow();
    await found(other, { onSegment: false, silent: null });
    await other.report(other.directorReport({ host: { interfaces, gateways: [] }, silence: [] }));
    await away(other, '1 minute');
    await one.until(() => one.weights(id)[HOST] === 1000, 'the housekeeping');
    other.leave();
  }, 15_000);

  it('stays in when a director says nothing of it, as after a restart', async () => {
    await admit();
    await one.report(one.directorReport({ silence: [] }));
    await api.patch(path, { weight: 500 }).expect(200);
    expect(await weights()).toEqual({ [HOST]: 500 });
  });
});

describe('with a second director', () => {
  let other: TestNode;

  beforeEach(async () => {
    other = await TestNode.join(api, 'director', 'lb-2', ['192.0.2.3']);
    await other.follow();
    await found(other);
  });

  afterEach(() => other.leave());

  it('a server is admitted when both have found it silent', async () => {
    await attest().expect(200);
    await found(one);
    expect(await weights()).toEqual({});
    expect((await condition('Admitted')).message).toContain('lb-2 has not asked yet.');
    await found(other);
    expect(await weights()).toEqual({ [HOST]: 1000 });
  });

  it('that is on no segment with it, the first alone decides', async () => {
    await attest().expect(200);
    await found(other, { onSegment: false, silent: null });
    await found(one);
    expect(await weights()).toEqual({ [HOST]: 1000 });
  });

  it('a server is out when either has heard it', async () => {
    await attest().expect(200);
    await found(one);
    await found(other);
    await found(other, ANSWERED);
    expect(await weights()).toEqual({});
    await found(one);
    expect(await weights()).toEqual({});
  });

  it('that goes away before it has asked, the server is let in without it', async () => {
    await attest().expect(200);
    await found(one);
    expect(await weights()).toEqual({});
    await away(other, '1 minute');
    await one.until(() => one.weights(id)[HOST] === 1000, 'the housekeeping');
  }, 15_000);

  it('that heard it and is gone keeps it out until the other has found it silent for ten minutes, or it is forgotten', async () => {
    await admit2();
    await found(other, ANSWERED);
    await found(one);
    await away(other, '9 minutes');
    await api.patch(path, { weight: 5 }).expect(200);
    expect(await weights()).toEqual({});
    expect((await condition('Admitted')).message).toContain(`DELETE /v1/nodes/${other.id}`);
    await away(other, '11 minutes');
    await one.until(() => one.weights(id)[HOST] === 5, 'the housekeeping');
    expect(await condition('SilentOnSegment')).toMatchObject({ status: 'True' });
  }, 15_000);

  it('that joins later and has not asked, the server stays in', async () => {
    await admit2();
    const third = await TestNode.join(api, 'director', 'lb-3', ['192.0.2.4']);
    await third.follow();
    await third.report(third.directorReport({ silence: [] }));
    await api.patch(path, { weight: 5 }).expect(200);
    expect(await weights()).toEqual({ [HOST]: 5 });
    third.leave();
  });

  async function admit2(): Promise<void> {
    await attest().expect(200);
    await found(one);
    await found(other);
    expect(await weights()).toEqual({ [HOST]: 1000 });
  }
});

describe('an attestation', () => {
  it('says who, when and under which ticket, and is in the history', async () => {
    const { body, headers } = await attest('CHG42').expect(200);
    expect(body.attestation).toEqual({ actor: 'admin', at: expect.any(String), ticket: 'CHG42' });
    expect(headers['etag']).toBe(`"${body.revision}"`);
    const revision = await api.get(`/v1/revisions/${body.revision}`).expect(200);
    expect(revision.body).toMatchObject({ ticket: 'CHG42', actor: 'admin' });
    expect(JSON.stringify(revision.body)).toContain('"attestation":null');
  });

  it('that is withdrawn takes the server out with a drain, and its flows go on', async () => {
    await admit();
    await withdraw().expect(204);
    expect(await weights()).toEqual({ [HOST]: 0 });
    expect(await condition('Admitted')).toMatchObject({ reason: 'NotAttested' });
    await withdraw().expect(404);
  });

  it('that is given again while the server drains needs a new proof, and the drain goes on until then', async () => {
    await admit();
    await withdraw().expect(204);
    await attest().expect(200);
    expect(await weights(), 'not by what was found for the one before').toEqual({ [HOST]: 0 });
    await found(one);
    expect(await weights()).toEqual({ [HOST]: 1000 });
    await found(one, CANNOT_TELL);
    expect(await weights(), 'it is in, whatever is left of the drain').toEqual({ [HOST]: 1000 });
  });

  it('that is given again lets nobody in by the end of the drain', async () => {
    await admit();
    await withdraw().expect(204);
    await attest().expect(200);
    await endDrain();
    await one.until(() => one.weights(id)[HOST] !== 0, 'the end of the drain');
    expect(await weights(), 'nobody has asked since').toEqual({});
    await api.patch(path, { weight: 5 }).expect(200);
    expect(await weights()).toEqual({});
    await found(one);
    expect(await weights()).toEqual({ [HOST]: 5 });
  });

  it('that is given again lets nobody in by another port of the service either', async () => {
    await admit();
    await withdraw().expect(204);
    await attest().expect(200);
    await api.patch(`/v1/virtual-services/${id}`, { port: 81 }).expect(200);
    expect(await weights()).toEqual({});
  });

  it('of a server that has weight 0 keeps it in when the directors cannot tell any more', async () => {
    await admit();
    await api.patch(path, { weight: 0 }).expect(200);
    await found(one, CANNOT_TELL);
    await api.patch(path, { weight: 7 }).expect(200);
    expect(await weights()).toEqual({ [HOST]: 7 });
  });

  it('ends when the server is disabled: enabled again it needs a new one, and its flows go on until then', async () => {
    await admit();
    await api.patch(path, { enabled: false }).expect(200);
    await api.patch(path, { enabled: true }).expect(200);
    expect((await api.get(path)).body.attestation).toBeNull();
    expect(await weights()).toEqual({ [HOST]: 0 });
    expect(await condition('Admitted')).toMatchObject({ reason: 'NotAttested' });
  });

  it('ends when its service is disabled', async () => {
    await admit();
    await api.patch(`/v1/virtual-services/${id}`, { enabled: false }).expect(200);
    await api.patch(`/v1/virtual-services/${id}`, { enabled: true }).expect(200);
    await found(one);
    expect(await weights()).toEqual({});
    expect(await condition('Admitted')).toMatchObject({ reason: 'NotAttested' });
  });

  it('that is renewed keeps the server in', async () => {
    await admit();
    const { body } = await attest('CHG43').expect(200);
    expect(body.attestation.ticket).toBe('CHG43');
    expect(await weights()).toEqual({ [HOST]: 1000 });
  });

  it('ends with the VIP that it was given for', async () => {
    await admit();
    await api.patch(`/v1/virtual-services/${id}`, { address: '192.0.2.201' }).expect(200);
    expect(await weights()).toEqual({});
    expect((await api.get(path)).body.attestation).toBeNull();
  });

  it('ends when the server moves to another address, which is another host', async () => {
    await admit();
    await api.patch(path, { address: '192.0.2.12' }).expect(200);
    expect((await api.get(path)).body.attestation).toBeNull();
    expect(await weights()).toEqual({ [HOST]: 0 });
  });

  it('cannot be set by a patch, and honours If-Match', async () => {
    const attestation = { actor: 'me', at: '2026-01-01T00:00:00.000Z', ticket: null };
    await api.patch(path, { attestation }).expect(400);
    await attest().set('If-Match', '"1"').expect(412);
  });

  it('of a server that has an agent is refused', async () => {
    await api.patch(path, { managed: true }).expect(200);
    const { status, body } = await attest();
    expect([status, body.code, body.errors[0].field]).toEqual([
      422,
      'attested-server-is-managed',
      '/realServers/0/attestation',
    ]);
    await withdraw().expect(404);
  });
});

describe('an agent', () => {
  it('on the host keeps the server from being unmanaged', async () => {
    await TestNode.join(api, 'agent', 'web-12', ['192.0.2.12']);
    const body = { address: '192.0.2.12', managed: false };
    const answer = await api.post(`/v1/virtual-services/${id}/real-servers`, body);
    expect([answer.status, answer.body.code]).toEqual([422, 'host-has-an-agent']);
    await api.post(`/v1/virtual-services/${id}/real-servers`, { ...body, address: '192.0.2.13' }).expect(201);
  });

  it('that joins later takes over without a gap: it proves itself, and then the server is managed', async () => {
    await admit();
    const agent = await TestNode.join(api, 'agent', 'web-11', [HOST]);
    await agent.follow();
    await agent.confirm();
    expect(await weights()).toEqual({ [HOST]: 1000 });
    await api.patch(path, { managed: true }).expect(200);
    expect(await weights()).toEqual({ [HOST]: 1000 });
    expect(one.service(id)?.silenceProbes).toBeUndefined();
    expect((await api.get(path)).body).toMatchObject({ managed: true, attestation: null });
    agent.leave();
  });

  it('that shall take over and has not proved anything finds the server draining', async () => {
    await admit();
    await api.patch(path, { managed: true }).expect(200);
    expect(await weights()).toEqual({ [HOST]: 0 });
  });
});

it('what a director says of a server that is gone, or that it was not asked about, harms nobody', async () => {
  await admit();
  const strange = [silent({ number: 2 ** 31 - 1, asked: 3 }, ANSWERED)];
  const [probe] = one.service(id)?.silenceProbes ?? [];
  await one.report(one.directorReport({ silence: [...strange, silent(probe ?? { number: 0, asked: 0 })] }));
  expect(await weights()).toEqual({ [HOST]: 1000 });
});

it('the database alone refuses an attestation of a managed server', async () => {
  await attest().expect(200);
  await expect(api.query('UPDATE real_server SET managed = true')).rejects.toThrow('real_server_attestation');
});
