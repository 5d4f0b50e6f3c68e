/** Cuts what capture-frames.pl writes into frames: each has its length before it, as two bytes in network order. */
const LENGTH_BYTES = 2;

export class FrameStream {
  private rest: Buffer = Buffer.alloc(0);

  /** The frames that are complete with this piece; the one that is not stays for the next piece. */
  take(piece: Buffer): Buffer[] {
    this.rest = Buffer.concat([this.rest, piece]);
    const frames: Buffer[] = [];
    for (let frame = this.next(); frame !== undefined; frame = this.next()) frames.push(frame);
    return frames;
  }

  private next(): Buffer | undefined {
    if (this.rest.length < LENGTH_BYTES) return undefined;
    const end = LENGTH_BYTES + this.rest.readUInt16BE(0);
    if (this.rest.length < end) return undefined;
    const frame = this.rest.subarray(LENGTH_BYTES, end);
    this.rest = this.rest.subarray(end);
    return frame;
  }
}
