/**
 * Makes a rule refuse only what a change brings in. The surroundings of a service move without it: a node joins with
 * its address, a director goes. Every object must stay editable then, also one that would not be accepted today.
 * Two violations are the same when their code and message are, so messages name what they are about, not its index.
 */
import type { Change, Rule, Violation } from './rule.js';

export function onlyIntroduced(rule: Rule): Rule {
  return (change) => {
    const old = new Set(violationsBefore(rule, change).map(identity));
    return rule(change).filter((violation) => !old.has(identity(violation)));
  };
}

function violationsBefore(rule: Rule, { before, surroundings }: Change): readonly Violation[] {
  return before === null ? [] : rule({ before: null, after: before, surroundings });
}

function identity({ code, message }: Violation): string {
  return `${code} ${message}`;
}
