/**
 * What captured frames prove: how many bytes of replies a place saw, and who claimed the VIP.
 * Pure. Silence counts only where the question was heard.
 */
import type { Frame, NeighbourFrame } from './frame.js';

/** Bytes on the wire of the frames that a service sends from this address and port. */
export function replyBytes(frames: readonly Frame[], vips: readonly string[], port: number): number {
  return frames
    .filter((frame) => frame.kind === 'tcp' && vips.includes(frame.source) && frame.sourcePort === port)
    .reduce((sum, frame) => sum + frame.length, 0);
}

export interface Claims {
  /** Questions "who has the VIP?". */
  readonly questions: number;
  readonly answers: number;
  /** Ethernet addresses that claimed the VIP, by an answer or as the sender of a question. */
  readonly claimants: readonly string[];
}

export function claimsOf(frames: readonly Frame[], vip: string): Claims {
  const neighbourly = frames.filter(isNeighbourFrame);
  const claims = neighbourly.filter((frame) => frame.claims === vip);
  return {
    questions: neighbourly.filter((frame) => frame.kind === 'question' && frame.target === vip).length,
    answers: claims.filter((frame) => frame.kind === 'answer').length,
    claimants: [...new Set(claims.map((frame) => frame.fromMac))].sort(),
  };
}

function isNeighbourFrame(frame: Frame): frame is NeighbourFrame {
  return frame.kind === 'question' || frame.kind === 'answer';
}
