/** What stands against traffic on a director, the gravest first. Pure. */
import { SEVERITIES, type DirectorFinding } from './director-finding.js';
import type { ExaminedDirector } from './examined-director.js';
import { judgeForwarding } from './judge-forwarding.js';
import { judgeState } from './judge-state.js';

export function judgeDirector(examined: ExaminedDirector): readonly DirectorFinding[] {
  const found = [...judgeState(examined), ...judgeForwarding(examined)];
  const rank = ({ severity }: DirectorFinding) => SEVERITIES.indexOf(severity);
  return found.sort((one, other) => rank(one) - rank(other));
}
