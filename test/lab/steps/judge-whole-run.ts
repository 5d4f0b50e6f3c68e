/**
 * The last step of a run with `--endure`: every ARP and ND frame that crossed the lan, from before the first agent was
 * started until after the last VIP was gone, is looked at for who claimed a VIP.
 */
import { claimsOf } from '../evidence.js';
import { progress } from '../progress.js';
import type { Step } from '../running-lab.js';
import { DIRECTOR, ownerOf, RESTLESS_VIP, VIP } from '../topology.js';

/** Fewer questions than this would prove little. */
const FEWEST_QUESTIONS = 100;

export const judgeWholeRun: Step = {
  title: 'Silence: whoever claimed a VIP during the whole run',
  async run({ watch, findings }) {
    if (watch === null || findings.endured === null) throw new Error('nobody watched');
    const frames = await watch.stop();
    const claims = [VIP.ipv4, VIP.ipv6, RESTLESS_VIP].map((vip) => claimsOf(frames, vip));
    const claimants = new Set(claims.flatMap((each) => each.claimants));
    if (!claimants.delete(DIRECTOR.mac)) throw new Error('not even the director was heard');
    const questions = claims.reduce((sum, each) => sum + each.questions, 0);
    findings.endured = { ...findings.endured, questions, foreignClaimants: [...claimants] };
    if (questions < FEWEST_QUESTIONS) throw new Error(`only ${questions} questions were asked`);
    if (claimants.size > 0) {
      throw new Error(
        `a VIP was claimed by ${[...claimants].map((mac) => `${ownerOf(mac)} (${mac})`).join(', ')}`,
      );
    }
    progress.seen(`${questions} times somebody asked who has a VIP; nobody but the director ever said so`);
  },
};
