/** An operator's word for a host without an agent: what it takes, what ends it, and how an agent takes over. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestNode } from '../support/test-node.js';
import { CANNOT_TELL, HOST, UnmanagedLab } from '../support/unmanaged-lab.js';

let lab: UnmanagedLab;

beforeEach(async () => {
  lab = await UnmanagedLab.open();
});

afterEach(() => lab.close());

describe('an attestation', () => {
  it('says who, when and under which ticket, and is in the history', async () => {
    const { body, headers } = await lab.attest('CHG42').expect(200);
    expect(body.attestation).toEqual({ actor: 'admin', at: expect.any(String), ticket: 'CHG42' });
    expect(headers['etag']).toMatch(new RegExp(`^"${body.revision}-`));
    const revision = await lab.api.get(`/v1/revisions/${body.revision}`).expect(200);
    expect(revision.body).toMatchObject({ ticket: 'CHG42', actor: 'admin' });
    expect(JSON.stringify(revision.body)).toContain('"attestation":null');
  });

  it('that is withdrawn takes the server out with a drain, and its flows go on', async () => {
    await lab.admit();
    await lab.api.insist(`${lab.path}/attestation`);
    expect(await lab.weights()).toEqual({ [HOST]: 0 });
    expect(await lab.condition('Admitted')).toMatchObject({ reason: 'NotAttested' });
    await lab.withdraw().expect(404);
  });

  it('that is given again while the server drains needs a new proof, and the drain goes on until then', async () => {
    await lab.admit();
    await lab.api.insist(`${lab.path}/attestation`);
    await lab.attest().expect(200);
    expect(await lab.weights(), 'not by what was found for the one before').toEqual({ [HOST]: 0 });
    await lab.found(lab.one);
    expect(await lab.weights()).toEqual({ [HOST]: 1000 });
    await lab.found(lab.one, CANNOT_TELL);
    expect(await lab.weights(), 'it is in, whatever is left of the drain').toEqual({ [HOST]: 1000 });
  });

  it('that is given again lets nobody in by the end of the drain', async () => {
    await lab.admit();
    await lab.api.insist(`${lab.path}/attestation`);
    await lab.attest().expect(200);
    await lab.endDrain();
    await lab.one.until(() => lab.one.weights(lab.id)[HOST] !== 0, 'the end of the drain');
    expect(await lab.weights(), 'nobody has asked since').toEqual({});
    await lab.api.patch(lab.path, { weight: 5 }).expect(200);
    expect(await lab.weights()).toEqual({});
    await lab.found(lab.one);
    expect(await lab.weights()).toEqual({ [HOST]: 5 });
  });

  it('that is given again lets nobody in by another port of the service either', async () => {
    await lab.admit();
    await lab.api.insist(`${lab.path}/attestation`);
    await lab.attest().expect(200);
    await lab.api.patch(`/v1/virtual-services/${lab.id}`, { port: 81 }).expect(200);
    expect(await lab.weights()).toEqual({});
  });

  it('of a server that has weight 0 keeps it in when the directors cannot tell any more', async () => {
    await lab.admit();
    await lab.api.insist(lab.path, { weight: 0 });
    await lab.found(lab.one, CANNOT_TELL);
    await lab.api.patch(lab.path, { weight: 7 }).expect(200);
    expect(await lab.weights()).toEqual({ [HOST]: 7 });
  });

  it('ends when the server is disabled: enabled again it needs a new one, and its flows go on until then', async () => {
    await lab.admit();
    await lab.api.insist(lab.path, { enabled: false });
    await lab.api.patch(lab.path, { enabled: true }).expect(200);
    expect((await lab.api.get(lab.path)).body.attestation).toBeNull();
    expect(await lab.weights()).toEqual({ [HOST]: 0 });
    expect(await lab.condition('Admitted')).toMatchObject({ reason: 'NotAttested' });
  });

  it('ends when its service is disabled', async () => {
    await lab.admit();
    await lab.api.patch(`/v1/virtual-services/${lab.id}`, { enabled: false }).expect(200);
    await lab.api.patch(`/v1/virtual-services/${lab.id}`, { enabled: true }).expect(200);
    await lab.found(lab.one);
    expect(await lab.weights()).toEqual({});
    expect(await lab.condition('Admitted')).toMatchObject({ reason: 'NotAttested' });
  });

  it('that is renewed keeps the server in', async () => {
    await lab.admit();
    const { body } = await lab.attest('CHG43').expect(200);
    expect(body.attestation.ticket).toBe('CHG43');
    expect(await lab.weights()).toEqual({ [HOST]: 1000 });
  });

  it('ends with the VIP that it was given for', async () => {
    await lab.admit();
    await lab.api.patch(`/v1/virtual-services/${lab.id}`, { address: '192.0.2.201' }).expect(200);
    expect(await lab.weights()).toEqual({});
    expect((await lab.api.get(lab.path)).body.attestation).toBeNull();
  });

  it('ends when the server moves to another address, which is another host', async () => {
    await lab.admit();
    await lab.api.insist(lab.path, { address: '192.0.2.12' });
    expect((await lab.api.get(lab.path)).body.attestation).toBeNull();
    expect(await lab.weights()).toEqual({ [HOST]: 0 });
  });

  it('cannot be set by a patch, and honours If-Match', async () => {
    const attestation = { actor: 'me', at: '2026-01-01T00:00:00.000Z', ticket: null };
    await lab.api.patch(lab.path, { attestation }).expect(400);
    const { status } = await lab.attest().set('If-Match', '"1"');
    expect(status).toBe(412);
  });

  it('of a server that has an agent is refused', async () => {
    await lab.api.insist(lab.path, { managed: true });
    const { status, body } = await lab.attest();
    expect([status, body.code, body.errors[0].field]).toEqual([
      422,
      'attested-server-is-managed',
      '/realServers/0/attestation',
    ]);
    await lab.withdraw().expect(404);
  });
});

describe('an agent', () => {
  it('on the host keeps the server from being unmanaged', async () => {
    await TestNode.join(lab.api, 'agent', 'web-12', ['192.0.2.12']);
    const body = { address: '192.0.2.12', managed: false };
    const answer = await lab.api.post(`/v1/virtual-services/${lab.id}/real-servers`, body);
    expect([answer.status, answer.body.code]).toEqual([422, 'host-has-an-agent']);
    await lab.api
      .post(`/v1/virtual-services/${lab.id}/real-servers`, { ...body, address: '192.0.2.13' })
      .expect(201);
  });

  it('that joins later takes over without a gap: it proves itself, and then the server is managed', async () => {
    await lab.admit();
    const agent = await TestNode.join(lab.api, 'agent', 'web-11', [HOST]);
    await agent.follow();
    await agent.confirm();
    expect(await lab.weights()).toEqual({ [HOST]: 1000 });
    await lab.api.insist(lab.path, { managed: true });
    expect(await lab.weights()).toEqual({ [HOST]: 1000 });
    expect(lab.one.service(lab.id)?.silenceProbes).toBeUndefined();
    expect((await lab.api.get(lab.path)).body).toMatchObject({ managed: true, attestation: null });
    agent.leave();
  });

  it('that shall take over and has not proved anything finds the server draining', async () => {
    await lab.admit();
    await lab.api.insist(lab.path, { managed: true });
    expect(await lab.weights()).toEqual({ [HOST]: 0 });
  });
});

it('the database alone refuses an attestation of a managed server', async () => {
  await lab.attest().expect(200);
  await expect(lab.api.query('UPDATE real_server SET managed = true')).rejects.toThrow(
    'real_server_attestation',
  );
});
