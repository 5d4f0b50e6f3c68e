import { failed, type Cause } from '../cause.js';
import type { Known } from '../known.js';
import { anywhere } from '../remedies.js';

/** Where both ends have reported, the missing segment is a cause of its own. */
function brokenRules(known: Known) {
  const rules = known.intent?.brokenRules ?? [];
  return failed(known, 'SameSegment') === null
    ? rules
    : rules.filter(({ code }) => code !== 'no-shared-segment');
}

/** Rules are asked when something is written. What comes later, such as a new node, can break them all the same. */
export const theServiceBreaksARule: Cause = {
  code: 'rule-broken',
  severity: 'no-traffic',
  title: 'The service breaks a rule',
  why: 'It was written when it broke none; something that came later stands against it.',
  find: (known) => {
    const broken = brokenRules(known);
    if (broken.length === 0) return null;
    return {
      seen: broken.map(({ message }) => message).join(' '),
      facts: { rules: broken.map(({ code }) => code).join(' ') },
    };
  },
  fix: (known) =>
    anywhere('control-plane', [...new Set(brokenRules(known).map(({ hint }) => hint))].join(' ')),
};
