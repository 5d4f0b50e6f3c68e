/**
 * Walks the packets of a service through the host's firewall and says what may become of them: all outcomes that
 * cannot be ruled out. A statement that it does not know may do anything. Pure.
 */
import { keyMatches, matchesPacket, member, type Answer, type IncomingPacket } from './match-packet.js';
import { chainKey, type Chain, type Rule, type Ruleset, type Statement } from './ruleset.js';

/** What may happen; several of them where it depends on what is not known. */
export interface Fate {
  readonly accepted: boolean;
  /** The first place that may drop the packet. */
  readonly droppedBy: string | undefined;
  /** It may come to the end of the chain. */
  readonly falls: boolean;
}

const FALLS: Fate = { accepted: false, droppedBy: undefined, falls: true };
const ACCEPTED: Fate = { accepted: true, droppedBy: undefined, falls: false };

/** Statements that let the packet go on as it is. */
const HARMLESS: ReadonlySet<string> = new Set(['counter', 'log', 'notrack', 'mangle', 'dup', 'ct helper']);
/** Statements that let the rule go on for some packets only. */
const LIMITS: ReadonlySet<string> = new Set(['limit', 'quota', 'ct count', 'set', 'meter']);

/** The whole way of the packet through one base chain, to its policy. */
export function walkBaseChain(chain: Chain, ruleset: Ruleset, packet: IncomingPacket): Fate {
  const fate = walk(chain, ruleset, packet);
  if (!fate.falls) return fate;
  const policy = chain.dropsByPolicy ? dropped(`the policy of ${nameOf(chain)}`) : ACCEPTED;
  return either({ ...fate, falls: false }, policy);
}

function walk(chain: Chain, ruleset: Ruleset, packet: IncomingPacket): Fate {
  let fate: Fate = { ...FALLS, falls: false };
  for (const rule of chain.rules) {
    const { outcome, certain } = walkRule(rule, { chain, ruleset, packet });
    // To leave the chain by `return` or `goto` is to fall off its end; the rules below are not asked.
    fate = either(fate, { ...outcome.fate, falls: outcome.leaves && outcome.fate.falls });
    if (certain && (outcome.leaves || !outcome.fate.falls)) return fate;
  }
  return either(fate, FALLS);
}

interface Surroundings {
  readonly chain: Chain;
  readonly ruleset: Ruleset;
  readonly packet: IncomingPacket;
}

interface Outcome {
  readonly fate: Fate;
  /** Where it falls, it leaves the chain and does not go on with the next rule. */
  readonly leaves: boolean;
}

const GOES_ON: Outcome = { fate: FALLS, leaves: false };

/** `certain`: every packet of the service comes to this outcome. */
function walkRule(
  rule: Rule,
  around: Surroundings,
): { readonly outcome: Outcome; readonly certain: boolean } {
  let certain = true;
  for (const statement of rule.statements) {
    const [kind = '', content] = Object.entries(statement)[0] ?? [];
    if (HARMLESS.has(kind)) continue;
    const answer = kind === 'match' ? matchOf(content, around.packet) : limitOf(kind);
    if (answer === 'no') return { outcome: GOES_ON, certain: true };
    if (answer === 'maybe') certain = false;
    if (answer !== undefined) continue;
    const place = `rule ${rule.handle} of ${nameOf(around.chain)}`;
    return { outcome: verdictOf(statement, place, around), certain };
  }
  return { outcome: GOES_ON, certain: true };
}

function matchOf(content: unknown, packet: IncomingPacket): Answer {
  const op = member(content, 'op');
  const [left, right] = [member(content, 'left'), member(content, 'right')];
  return typeof op === 'string' ? matchesPacket({ op, left, right }, packet) : 'maybe';
}

function limitOf(kind: string): Answer | undefined {
  return LIMITS.has(kind) ? 'maybe' : undefined;
}

function verdictOf(statement: Statement, place: string, around: Surroundings): Outcome {
  const [kind, content] = Object.entries(statement)[0] ?? [];
  switch (kind) {
    case 'accept':
      return { fate: ACCEPTED, leaves: true };
    case 'drop':
    case 'reject':
      return { fate: dropped(place), leaves: true };
    case 'return':
      return { fate: FALLS, leaves: true };
    case 'continue':
      return GOES_ON;
    case 'jump':
    case 'goto':
      return { fate: walkTarget(member(content, 'target'), place, around), leaves: kind === 'goto' };
    case 'vmap':
      return walkMap(content, place, around);
    default:
      return unknownAt(place);
  }
}

function walkTarget(target: unknown, place: string, { chain, ruleset, packet }: Surroundings): Fate {
  const next = ruleset.get(chainKey(chain.family, chain.table, String(target)));
  return next === undefined ? unknownAt(place).fate : walk(next, ruleset, packet);
}

function walkMap(content: unknown, place: string, around: Surroundings): Outcome {
  const elements = member(member(content, 'data'), 'set');
  if (!Array.isArray(elements)) return unknownAt(place);
  let outcome: Outcome = { fate: { ...FALLS, falls: false }, leaves: true };
  for (const element of elements as unknown[]) {
    const [value, verdict] = Array.isArray(element) ? (element as unknown[]) : [];
    const answer = keyMatches(member(content, 'key'), value, around.packet);
    if (answer === 'no') continue;
    const chosen = verdictOf((verdict ?? {}) as Statement, place, around);
    outcome = { fate: either(outcome.fate, chosen.fate), leaves: outcome.leaves && chosen.leaves };
    if (answer === 'yes') return outcome;
  }
  return { fate: either(outcome.fate, FALLS), leaves: false };
}

function unknownAt(place: string): Outcome {
  return { fate: { accepted: true, droppedBy: place, falls: true }, leaves: false };
}

function dropped(place: string): Fate {
  return { accepted: false, droppedBy: place, falls: false };
}

function either(one: Fate, other: Fate): Fate {
  return {
    accepted: one.accepted || other.accepted,
    droppedBy: one.droppedBy ?? other.droppedBy,
    falls: one.falls || other.falls,
  };
}

function nameOf({ family, table, name }: Chain): string {
  return `chain ${name} of table ${family} ${table}`;
}
