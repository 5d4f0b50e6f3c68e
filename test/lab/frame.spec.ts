import { describe, expect, it } from 'vitest';
import { readFrame } from './frame.js';
import { FrameStream } from './frame-stream.js';

const ETHERNET = '0200000000aa' + '020000000001';
const captured = (hex: string) => Buffer.from(hex, 'hex');

/** An IPv4 SYN from 198.51.100.10:40000 to 192.0.2.200:80, without options. */
const SYN_IPV4 =
  `${ETHERNET}0800` +
  '4500002800004000' +
  '3f060000' +
  'c633640a' +
  'c00002c8' +
  '9c400050' +
  '00'.repeat(8) +
  '5002ffff';
const WHO_HAS =
  `${'ff'.repeat(6)}020000000001` +
  '0806' +
  '00010800060400' +
  '01' +
  '020000000001c0000201' +
  '000000000000c00002c8';
const IS_AT =
  `0200000000010200000000aa` +
  '0806' +
  '00010800060400' +
  '02' +
  '0200000000aac00002c8' +
  '020000000001c0000201';
const VIP_IPV6 = '20010db8000000000000000000000200';
const ROUTER_IPV6 = '20010db8000000000000000000000001';
const ADVERTISEMENT = `${ETHERNET}86dd6000000000183aff${VIP_IPV6}${ROUTER_IPV6}88000000e0000000${VIP_IPV6}`;

describe('a captured frame', () => {
  it('is read down to the ports of TCP, with the length that its header tells', () => {
    expect(readFrame(captured(SYN_IPV4))).toEqual({
      kind: 'tcp',
      family: 'ipv4',
      toMac: '02:00:00:00:00:aa',
      fromMac: '02:00:00:00:00:01',
      length: 54,
      source: '198.51.100.10',
      destination: '192.0.2.200',
      sourcePort: 40_000,
      destinationPort: 80,
      opens: true,
    });
  });

  it('tells an ARP question from an answer, and what each claims', () => {
    expect(readFrame(captured(WHO_HAS))).toMatchObject({
      kind: 'question',
      target: '192.0.2.200',
      claims: '192.0.2.1',
    });
    expect(readFrame(captured(IS_AT))).toMatchObject({
      kind: 'answer',
      target: '192.0.2.200',
      claims: '192.0.2.200',
    });
  });

  it('knows a neighbour advertisement by its target', () => {
    expect(readFrame(captured(ADVERTISEMENT))).toMatchObject({
      kind: 'answer',
      family: 'ipv6',
      target: '2001:db8::200',
      claims: '2001:db8::200',
    });
  });

  it('that ends too early is other, not an error', () => {
    for (let end = 28; end < SYN_IPV4.length - 4; end += 2) {
      expect(readFrame(captured(SYN_IPV4.slice(0, end))).kind).toBe('other');
    }
  });
});

describe('a stream of frames', () => {
  it('gives the same frames however it is cut', () => {
    const frames = [SYN_IPV4, WHO_HAS, ''].map((hex) => Buffer.from(hex, 'hex'));
    const stream = Buffer.concat(frames.flatMap((frame) => [Buffer.from([0, frame.length]), frame]));
    for (const size of [1, 7, 40, stream.length]) {
      const cutter = new FrameStream();
      const read = [];
      for (let at = 0; at < stream.length; at += size)
        read.push(...cutter.take(stream.subarray(at, at + size)));
      expect(read).toEqual(frames);
    }
  });
});
