/**
 * The last step of a run with `--endure`: every ARP and ND frame that crossed the lan, from before the first agent was
 * started until after the last VIP was gone, is looked at for who claimed a VIP.
 */
import { countClaims, requireSilence } from '../judge-claims.js';
import { progress } from '../progress.js';
import type { Step } from '../running-lab.js';

export const judgeWholeRun: Step = {
  title: 'Silence: whoever claimed a VIP during the whole run',
  async run({ watch, findings }) {
    if (watch === null || findings.endured === null) throw new Error('nobody watched');
    const heard = countClaims(await watch.stop());
    findings.endured = { ...findings.endured, ...heard };
    requireSilence(heard);
    progress.seen(
      `${heard.questions} times somebody asked who has a VIP; nobody but the director claimed one`,
    );
  },
};
