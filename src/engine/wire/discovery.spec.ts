import { describe, expect, it } from 'vitest';
import { solicitation, unsolicitedAdvertisement } from './discovery.js';
import { heardIn } from './heard-in.js';
import { markOf } from './mark.js';

const OURS = '02:00:00:00:00:aa';
const VIP = '2001:db8:2::200';
const MARK = markOf('00000000-0000-4000-8000-000000000001');
const VIP_BYTES = '20010db8000200000000000000000200';
const OWN_BYTES = '20010db8000200000000000000000002';
const NOBODY = '0'.repeat(32);
/** Solicited-node group of the VIP (RFC 4291, 2.7.1), and the Ethernet address of it (RFC 2464, 7). */
const GROUP = 'ff0200000000000000000001ff000200';
const GROUP_MAC = '3333ff000200';

const bytes = (text: string): string => text.replaceAll(/[\s:]/g, '');

const DETECTION = `${GROUP_MAC} ${OURS} 86dd 60000000 0018 3a ff ${NOBODY} ${GROUP} 8700 0000 00000000 ${VIP_BYTES}`;

/** With the checksum that the frame has: that it is right is what `heardIn` checks on its own. */
function withoutChecksum(frame: Buffer): string {
  const copy = Buffer.from(frame);
  copy.writeUInt16BE(0, 56);
  return copy.toString('hex');
}

describe('a discovery frame', () => {
  it('that probes asks the group of the address in nobody’s name, without options (RFC 4862, 5.4.2)', () => {
    const frame = solicitation({ mac: OURS, address: VIP });
    expect(withoutChecksum(frame)).toBe(bytes(DETECTION));
    expect(heardIn(frame)).toMatchObject({ means: 'probes', address: VIP, mac: OURS });
  });

  it('that asks in our name says where we are (RFC 4861, 4.3)', () => {
    const frame = solicitation({ mac: OURS, address: VIP, from: '2001:db8:2::2' });
    expect(withoutChecksum(frame)).toBe(
      bytes(
        `${GROUP_MAC} ${OURS} 86dd 60000000 0020 3a ff ${OWN_BYTES} ${GROUP} 8700 0000 00000000 ${VIP_BYTES} 0101 ${OURS}`,
      ),
    );
    expect(heardIn(frame)).toMatchObject({ means: 'owns', address: '2001:db8:2::2' });
  });

  it('that announces is for all nodes and overrides what they know (RFC 4861, 4.4 and 7.2.6)', () => {
    const frame = unsolicitedAdvertisement({ mac: OURS, address: VIP });
    expect(withoutChecksum(frame)).toBe(
      bytes(
        `333300000001 ${OURS} 86dd 60000000 0020 3a ff ${VIP_BYTES} ff020000000000000000000000000001 8800 0000 20000000 ${VIP_BYTES} 0201 ${OURS}`,
      ),
    );
    expect(heardIn(frame)).toMatchObject({ means: 'owns', address: VIP, mac: OURS });
    const alone = unsolicitedAdvertisement({ mac: OURS, address: VIP, to: '02:00:00:00:00:b1' });
    expect(alone.toString('hex')).toBe(frame.toString('hex').replace('333300000001', '0200000000b1'));
  });

  it('has a checksum over the pseudo-header (RFC 4443, 2.3)', () => {
    // Made by hand: the sum of all 16-bit words of addresses, length, next header and message, complemented.
    const frame = solicitation({ mac: OURS, address: VIP });
    const words = bytes(`${NOBODY} ${GROUP} 00000018 0000003a 8700 0000 00000000 ${VIP_BYTES}`).match(
      /.{4}/g,
    );
    let sum = (words ?? []).reduce((all, word) => all + Number.parseInt(word, 16), 0);
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    expect(frame.readUInt16BE(56)).toBe(~sum & 0xffff);
  });

  it('carries the mark in an option of whole units, which others pass over', () => {
    const frame = unsolicitedAdvertisement({ mac: OURS, address: VIP }, MARK);
    expect(frame.subarray(86).toString('hex')).toBe(`fd02${MARK.toString('hex')}0000`);
    expect(heardIn(frame)?.padding.subarray(0, MARK.length).equals(MARK)).toBe(true);
  });

  it.each([
    ['that a router sent on', (frame: Buffer) => frame.writeUInt8(254, 21)],
    ['of another code', (frame: Buffer) => frame.writeUInt8(1, 55)],
    ['with a wrong checksum', (frame: Buffer) => frame.writeUInt16BE(1, 56)],
    ['about a group', (frame: Buffer) => frame.writeUInt8(0xff, 62)],
    ['whose option has no length', (frame: Buffer) => frame.writeUInt8(0, 79)],
    ['of another type', (frame: Buffer) => frame.writeUInt8(133, 54)],
  ])('%s says nothing', (_, spoil) => {
    const frame = solicitation({ mac: OURS, address: VIP, from: '2001:db8:2::2' });
    spoil(frame);
    expect(heardIn(frame)).toBeUndefined();
  });

  it('that is cut off anywhere says nothing', () => {
    const frame = unsolicitedAdvertisement({ mac: OURS, address: VIP });
    for (let length = 0; length < frame.length; length++) {
      expect(heardIn(frame.subarray(0, length))).toBeUndefined();
    }
  });
});
