import { describe, expect, it } from 'vitest';
import { judgeSilence, NOT_ASKED, type Heard, type Standing } from './judge-silence.js';

const SUSPECT = { vip: '192.0.2.200', address: '192.0.2.11' };
const OWN = '02:00:00:00:00:b1';
const OTHER = '02:00:00:00:00:ee';

const heard = (vip: readonly string[], host: readonly string[] = [OWN]): Heard => ({ vip, host });
const after = (...all: readonly Heard[]): Standing =>
  all.reduce((before, each) => judgeSilence(SUSPECT, each, before), NOT_ASKED);

describe('a host that does not answer for the VIP', () => {
  it('is silent when it answers for itself', () => {
    expect(after(heard([]))).toMatchObject({ silent: true, reason: 'Silent' });
  });

  it('proves nothing when it does not answer for itself either, for it may be off', () => {
    expect(after(heard([], []))).toMatchObject({ silent: null, reason: 'HostNotHeard' });
  });

  it('is not blamed for what somebody else answers, who is told beside it', () => {
    expect(after(heard([OTHER]))).toMatchObject({ silent: true, strangers: [OTHER] });
    expect(after(heard([OTHER], []))).toMatchObject({ silent: null, strangers: [OTHER] });
    expect(after(heard([OTHER]), heard([]))).toMatchObject({ strangers: [] });
  });

  it('is blamed for each of the network cards by which it answers for itself', () => {
    expect(after(heard([OTHER], [OWN, OTHER]))).toMatchObject({ silent: false, strangers: [] });
  });
});

describe('a host that answers for the VIP', () => {
  it('is named by its Ethernet address', () => {
    const { silent, message } = after(heard([OTHER, OWN]));
    expect([silent, message]).toEqual([
      false,
      `${OWN}, which is 192.0.2.11, answered when asked who has 192.0.2.200.`,
    ]);
  });

  it('is known by the address that it was heard with before, when it does not answer for itself', () => {
    expect(after(heard([]), heard([OWN], []))).toMatchObject({ silent: false });
    expect(after(heard([OWN], [])), 'nothing tells that this is the host').toMatchObject({ silent: null });
  });

  it('must be silent three times in a row before it counts as silent again', () => {
    const loud = heard([OWN]);
    const quiet = heard([]);
    expect(after(loud, quiet, quiet).silent).toBe(false);
    expect(after(loud, quiet, quiet, loud, quiet, quiet).silent).toBe(false);
    expect(after(loud, quiet, quiet, quiet).silent).toBe(true);
  });

  it.each([
    ['it is off', heard([], [])],
    ['nothing could be asked', { trouble: 'no perl' } as const],
  ])('is not believed to be silent because %s', (_, nothing) => {
    expect(after(heard([OWN]), nothing, nothing, nothing)).toMatchObject({
      silent: false,
      message: expect.stringContaining(OWN),
    });
  });
});

describe('what cannot be asked', () => {
  it('says why', () => {
    expect(after({ trouble: 'no perl' })).toMatchObject({ silent: null, message: 'no perl' });
  });

  it('is told apart from what this director could never ask', () => {
    expect(after({ trouble: 'x' }).onSegment).toBe(true);
    expect(after('no-segment')).toMatchObject({ silent: null, onSegment: false, reason: 'NoSharedSegment' });
  });
});
