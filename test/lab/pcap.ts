/**
 * Cuts the byte stream of `tcpdump -w -` into frames. It decides nothing about their content.
 * The format is that of pcap-savefile(5): a header of 24 bytes, then 16 bytes before each frame.
 */
const FILE_HEADER = 24;
const FRAME_HEADER = 16;
/** Microseconds, in the byte order of the machine that wrote it. */
const MAGIC = 0xa1b2c3d4;

export interface CapturedFrame {
  /** The first bytes of the frame, as many as the snapshot length allows. */
  readonly bytes: Buffer;
  /** Bytes that the frame had on the wire. */
  readonly length: number;
}

export class PcapReader {
  private rest: Buffer = Buffer.alloc(0);
  private readUint32: ((buffer: Buffer, offset: number) => number) | undefined;

  /** The frames that are whole with this piece; a frame that is not stays for the next one. */
  take(piece: Buffer): CapturedFrame[] {
    this.rest = Buffer.concat([this.rest, piece]);
    const frames: CapturedFrame[] = [];
    for (let frame = this.next(); frame !== undefined; frame = this.next()) frames.push(frame);
    return frames;
  }

  private next(): CapturedFrame | undefined {
    if (this.readUint32 === undefined && !this.openFile()) return undefined;
    if (this.rest.length < FRAME_HEADER) return undefined;
    const kept = this.readUint32?.(this.rest, 8) ?? 0;
    const length = this.readUint32?.(this.rest, 12) ?? 0;
    const end = FRAME_HEADER + kept;
    if (this.rest.length < end) return undefined;
    const bytes = Buffer.from(this.rest.subarray(FRAME_HEADER, end));
    this.rest = this.rest.subarray(end);
    return { bytes, length };
  }

  private openFile(): boolean {
    if (this.rest.length < FILE_HEADER) return false;
    this.readUint32 = byteOrderOf(this.rest);
    this.rest = this.rest.subarray(FILE_HEADER);
    return true;
  }
}

function byteOrderOf(header: Buffer): (buffer: Buffer, offset: number) => number {
  if (header.readUInt32LE(0) === MAGIC) return (buffer, offset) => buffer.readUInt32LE(offset);
  if (header.readUInt32BE(0) === MAGIC) return (buffer, offset) => buffer.readUInt32BE(offset);
  throw new Error('This is no pcap stream with microseconds');
}
