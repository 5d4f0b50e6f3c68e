/** Who claimed a VIP among the frames that were heard on the lan: nobody but the director may. */
import { claimsOf } from './evidence.js';
import type { Endured } from './findings.js';
import type { Frame } from './frame.js';
import { DIRECTOR, ownerOf, RESTLESS_VIP, VIP } from './topology.js';

/** Fewer questions than this would prove little. */
const FEWEST_QUESTIONS = 100;

export function countClaims(frames: readonly Frame[]): Pick<Endured, 'questions' | 'foreignClaimants'> {
  const claims = [VIP.ipv4, VIP.ipv6, RESTLESS_VIP].map((vip) => claimsOf(frames, vip));
  const claimants = new Set(claims.flatMap((each) => each.claimants));
  if (!claimants.delete(DIRECTOR.mac)) throw new Error('not even the director was heard');
  return {
    questions: claims.reduce((sum, each) => sum + each.questions, 0),
    foreignClaimants: [...claimants],
  };
}

/** Throws when somebody else claimed one, or too few asked. */
export function requireSilence({ questions, foreignClaimants }: ReturnType<typeof countClaims>): void {
  if (foreignClaimants.length > 0) {
    const who = foreignClaimants.map((mac) => `${ownerOf(mac)} (${mac})`).join(', ');
    throw new Error(`a VIP was claimed by ${who}`);
  }
  if (questions < FEWEST_QUESTIONS) throw new Error(`only ${questions} times somebody asked who has a VIP`);
}
