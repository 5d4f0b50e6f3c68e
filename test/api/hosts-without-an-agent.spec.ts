/** A host without an agent gets packets on an operator's word, and only while no director has heard it answer for the VIP. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silent, TestNode } from '../support/test-node.js';
import { ANSWERED, CANNOT_TELL, HOST, UnmanagedLab } from '../support/unmanaged-lab.js';

const STRANGER = '02:00:00:00:00:ee';

let lab: UnmanagedLab;

beforeEach(async () => {
  lab = await UnmanagedLab.open();
});

afterEach(() => lab.close());

describe('a real server without an agent', () => {
  it('is asked about by the directors from the start, and forwarded to by none', async () => {
    await lab.one.caughtUp();
    expect(lab.one.service(lab.id)).toMatchObject({
      servers: [],
      silenceProbes: [{ address: HOST, asked: 0 }],
    });
    expect(await lab.condition('Admitted')).toMatchObject({ status: 'False', reason: 'NotAttested' });
  });

  it('is admitted when it is attested and then found silent; neither is enough', async () => {
    await lab.found(lab.one);
    expect(await lab.weights(), 'silent, and nobody has said that it holds the VIP').toEqual({});
    expect(await lab.condition('SilentOnSegment')).toMatchObject({ status: 'True' });

    await lab.attest().expect(200);
    expect(await lab.weights(), 'what was found before the word counts for nothing').toEqual({});
    expect(await lab.condition('Admitted')).toMatchObject({ reason: 'SilenceNotProved' });

    await lab.found(lab.one);
    expect(await lab.weights()).toEqual({ [HOST]: 1000 });
    expect(await lab.condition('Admitted')).toMatchObject({ status: 'True' });
    await lab.one.confirm();
    const { body } = await lab.api.get(lab.path);
    expect(body.status).toMatchObject({ provisioning: 'in-sync', operating: 'online' });
  });

  it('is not admitted on a report that was made before the attestation and arrives after it', async () => {
    await lab.one.caughtUp();
    const [probe] = lab.one.service(lab.id)?.silenceProbes ?? [];
    const late = lab.one.directorReport({ silence: [silent(probe ?? { number: 0, asked: 0 })] });
    await lab.attest().expect(200);
    await lab.one.report(late);
    expect(await lab.weights()).toEqual({});
  });

  it('is taken out at once when it answers for the VIP, with who answered and what to do', async () => {
    await lab.admit();
    await lab.found(lab.one, ANSWERED);
    expect(await lab.weights()).toEqual({});
    expect(await lab.api.query('SELECT 1 FROM drain'), 'no flow may stay with it').toEqual([]);
    const { status, reason, message } = await lab.condition('Admitted');
    expect([status, reason]).toEqual(['False', 'NotSilent']);
    expect(message).toContain('lb-1: 02:00:00:00:00:b1 answered.');
    expect(message).toContain('arp_ignore');
    expect(await lab.condition('SilentOnSegment')).toMatchObject({
      status: 'False',
      reason: 'AnswersForVip',
    });

    await lab.found(lab.one);
    expect(await lab.weights(), 'its attestation stands').toEqual({ [HOST]: 1000 });
  });

  it('stays in when the director cannot tell any more, and is not let in by one that cannot', async () => {
    await lab.attest().expect(200);
    await lab.found(lab.one, CANNOT_TELL);
    expect(await lab.weights()).toEqual({});
    await lab.found(lab.one);
    await lab.found(lab.one, CANNOT_TELL);
    expect(await lab.weights()).toEqual({ [HOST]: 1000 });
    expect(await lab.condition('SilentOnSegment')).toMatchObject({ status: 'Unknown' });
    await lab.found(lab.one, ANSWERED);
    await lab.found(lab.one, CANNOT_TELL);
    expect(await lab.weights(), 'it was heard, and has not been found silent since').toEqual({});
  });

  it('is not admitted while somebody unknown answers for the VIP, and one that is in stays', async () => {
    await lab.attest().expect(200);
    await lab.found(lab.one, { strangers: [STRANGER] });
    expect(await lab.weights()).toEqual({});
    const { reason, message } = await lab.condition('SilentOnSegment');
    expect(reason).toBe('SomebodyAnswers');
    expect(message).toContain(`lb-1: ${STRANGER} answered.`);
    await lab.found(lab.one);
    expect(await lab.weights()).toEqual({ [HOST]: 1000 });
    await lab.found(lab.one, { strangers: [STRANGER] });
    expect(await lab.weights()).toEqual({ [HOST]: 1000 });
    expect(await lab.condition('SilentOnSegment')).toMatchObject({ status: 'Unknown' });
  });

  it('is admitted while another director answers for the VIP, as soon as that is known to be one', async () => {
    await lab.attest().expect(200);
    await lab.found(lab.one, { strangers: [STRANGER] });
    const interfaces = [{ name: 'eth0', mac: STRANGER, up: true, mtu: 1500, addresses: ['192.0.2.3/24'] }];
    const other = await TestNode.join(lab.api, 'director', 'lb-2', ['192.0.2.3']);
    await other.follow();
    await lab.found(other, { onSegment: false, silent: null });
    await other.report(other.directorReport({ host: { interfaces, gateways: [] }, silence: [] }));
    await lab.away(other, '1 minute');
    await lab.one.until(() => lab.one.weights(lab.id)[HOST] === 1000, 'the housekeeping');
    other.leave();
  }, 15_000);

  it('stays in when a director says nothing of it, as after a restart', async () => {
    await lab.admit();
    await lab.one.report(lab.one.directorReport({ silence: [] }));
    await lab.api.patch(lab.path, { weight: 500 }).expect(200);
    expect(await lab.weights()).toEqual({ [HOST]: 500 });
  });
});

describe('with a second director', () => {
  let other: TestNode;

  beforeEach(async () => {
    other = await TestNode.join(lab.api, 'director', 'lb-2', ['192.0.2.3']);
    await other.follow();
    await lab.found(other);
  });

  afterEach(() => other.leave());

  it('a server is admitted when both have found it silent', async () => {
    await lab.attest().expect(200);
    await lab.found(lab.one);
    expect(await lab.weights()).toEqual({});
    expect((await lab.condition('Admitted')).message).toContain('lb-2 has not asked yet.');
    await lab.found(other);
    expect(await lab.weights()).toEqual({ [HOST]: 1000 });
  });

  it('that is on no segment with it, the first alone decides', async () => {
    await lab.attest().expect(200);
    await lab.found(other, { onSegment: false, silent: null });
    await lab.found(lab.one);
    expect(await lab.weights()).toEqual({ [HOST]: 1000 });
  });

  it('a server is out when either has heard it', async () => {
    await lab.attest().expect(200);
    await lab.found(lab.one);
    await lab.found(other);
    await lab.found(other, ANSWERED);
    expect(await lab.weights()).toEqual({});
    await lab.found(lab.one);
    expect(await lab.weights()).toEqual({});
  });

  it('that goes away before it has asked, the server is let in without it', async () => {
    await lab.attest().expect(200);
    await lab.found(lab.one);
    expect(await lab.weights()).toEqual({});
    await lab.away(other, '1 minute');
    await lab.endWaits();
    expect(await lab.weights()).toEqual({ [HOST]: 1000 });
  });

  it('that heard it and is gone keeps it out until the other has found it silent for ten minutes, or it is forgotten', async () => {
    await admit2();
    await lab.found(other, ANSWERED);
    await lab.found(lab.one);
    await lab.away(other, '9 minutes');
    await lab.api.patch(lab.path, { weight: 5 }).expect(200);
    expect(await lab.weights()).toEqual({});
    expect((await lab.condition('Admitted')).message).toContain(`DELETE /v1/nodes/${other.id}`);
    await lab.away(other, '11 minutes');
    await lab.endWaits();
    expect(await lab.weights()).toEqual({ [HOST]: 5 });
    expect(await lab.condition('SilentOnSegment')).toMatchObject({ status: 'True' });
  });

  it('that joins later and has not asked, the server stays in', async () => {
    await admit2();
    const third = await TestNode.join(lab.api, 'director', 'lb-3', ['192.0.2.4']);
    await third.follow();
    await third.report(third.directorReport({ silence: [] }));
    await lab.api.patch(lab.path, { weight: 5 }).expect(200);
    expect(await lab.weights()).toEqual({ [HOST]: 5 });
    third.leave();
  });

  async function admit2(): Promise<void> {
    await lab.attest().expect(200);
    await lab.found(lab.one);
    await lab.found(other);
    expect(await lab.weights()).toEqual({ [HOST]: 1000 });
  }
});

it('what a director says of a server that is gone, or that it was not asked about, harms nobody', async () => {
  await lab.admit();
  const strange = [silent({ number: 2 ** 31 - 1, asked: 3 }, ANSWERED)];
  const [probe] = lab.one.service(lab.id)?.silenceProbes ?? [];
  await lab.one.report(
    lab.one.directorReport({ silence: [...strange, silent(probe ?? { number: 0, asked: 0 })] }),
  );
  expect(await lab.weights()).toEqual({ [HOST]: 1000 });
});
