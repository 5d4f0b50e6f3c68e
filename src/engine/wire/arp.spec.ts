import { describe, expect, it } from 'vitest';
import { arpAnnouncement, arpRequest } from './arp.js';
import { heardIn } from './heard-in.js';
import { markOf } from './mark.js';

const OURS = '02:00:00:00:00:aa';
const THEIRS = '02:00:00:00:00:b1';
const MARK = markOf('00000000-0000-4000-8000-000000000001');

/** Fields apart by spaces, as RFC 826 has them: Ethernet header, kinds and lengths, operation, sender, target. */
const bytes = (text: string): string => text.replaceAll(/[\s:]/g, '');
const padded = (text: string): string => bytes(text).padEnd(120, '0');

describe('an ARP frame', () => {
  it('that probes asks all, in nobody’s name (RFC 5227, 2.1.1)', () => {
    expect(arpRequest({ mac: OURS, address: '192.0.2.200' }).toString('hex')).toBe(
      padded(`ffffffffffff ${OURS} 0806  0001 0800 06 04  0001  ${OURS} 00000000  000000000000 c00002c8`),
    );
  });

  it('that asks one machine goes to it alone', () => {
    const question = { mac: OURS, address: '192.0.2.11', from: '192.0.2.2', to: THEIRS };
    expect(arpRequest(question).toString('hex')).toBe(
      padded(`${THEIRS} ${OURS} 0806  0001 0800 06 04  0001  ${OURS} c0000202  000000000000 c000020b`),
    );
  });

  it('that announces has the VIP as sender and target, and a mark only where nobody looks (RFC 5227, 2.3)', () => {
    const body = `ffffffffffff ${OURS} 0806  0001 0800 06 04  0001  ${OURS} c00002c8  000000000000 c00002c8`;
    expect(arpAnnouncement({ mac: OURS, address: '192.0.2.200' }).toString('hex')).toBe(padded(body));
    const marked = arpAnnouncement({ mac: OURS, address: '192.0.2.200' }, MARK);
    expect(marked.toString('hex')).toBe(padded(`${body} ${MARK.toString('hex')}`));
    expect(marked).toHaveLength(60);
    const alone = arpAnnouncement({ mac: OURS, address: '192.0.2.200', to: THEIRS });
    expect(alone.toString('hex')).toBe(padded(body.replace('ffffffffffff', THEIRS)));
  });

  it.each([
    ['a reply', 2, 'c00002c8', 'owns'],
    ['a request in its name', 1, 'c00002c8', 'owns'],
    ['a probe', 1, '00000000', 'probes'],
  ])('is understood as %s', (_, operation, sender, means) => {
    const frame = `${OURS} ${THEIRS} 0806 000108000604000${operation} ${THEIRS} ${sender} ${OURS} c00002c8`;
    expect(heardIn(Buffer.from(padded(frame), 'hex'))).toMatchObject({
      means,
      address: '192.0.2.200',
      mac: THEIRS,
    });
  });

  it('is known by its mark', () => {
    const heard = heardIn(arpAnnouncement({ mac: OURS, address: '192.0.2.200' }, MARK));
    expect(heard?.padding.equals(MARK)).toBe(true);
    expect(heardIn(arpAnnouncement({ mac: OURS, address: '192.0.2.200' }))?.padding.equals(MARK)).toBe(false);
  });

  it.each([
    ['that is cut off', `${OURS} ${THEIRS} 0806 0001080006040001 ${THEIRS} c00002c8`],
    ['of another network', `${OURS} ${THEIRS} 0806 0006080006040002 ${THEIRS} c00002c8 ${OURS} c0000202`],
    ['of another operation', `${OURS} ${THEIRS} 0806 0001080006040003 ${THEIRS} c00002c8 ${OURS} c0000202`],
    ['from a group', `${OURS} ${THEIRS} 0806 0001080006040002 ffffffffffff c00002c8 ${OURS} c0000202`],
    ['from nobody', `${OURS} ${THEIRS} 0806 0001080006040002 000000000000 c00002c8 ${OURS} c0000202`],
    ['of another protocol', `${OURS} ${THEIRS} 0800 0001080006040002 ${THEIRS} c00002c8 ${OURS} c0000202`],
    ['that is nothing', ''],
  ])('%s says nothing', (_, frame) => {
    expect(heardIn(Buffer.from(bytes(frame), 'hex'))).toBeUndefined();
  });
});
