/** Ethernet II frames. Pure. */

/** Destination, source, type. */
export const ETHERNET_HEADER = 14;
/** Without the check sequence, which the card adds (IEEE 802.3, 3.2.8). */
export const SHORTEST_FRAME = 60;

export interface EthernetFrame {
  readonly to: Buffer;
  readonly from: Buffer;
  readonly ethertype: number;
  readonly payload: Buffer;
}

export function ethernetFrame({ to, from, ethertype, payload }: EthernetFrame): Buffer {
  return Buffer.concat([to, from, Buffer.from([ethertype >> 8, ethertype & 0xff]), payload]);
}

export function ethertypeOf(frame: Buffer): number {
  return frame.length < ETHERNET_HEADER ? 0 : frame.readUInt16BE(12);
}
