/**
 * What a director would give its kernel for a change of documents, before anybody makes the change: the very text of the
 * transaction, by the functions that the engine sends it by. It says in words what only the director knows, and it must
 * never guess: a command that stands here is one that would run. Pure.
 */
import type { ServiceDocument } from '../contract/documents.js';
import type { ReportedInterface } from '../contract/report.js';
import { batches, type Step } from './batches.js';
import { forwardedBody } from './forwarded-part.js';
import type { Ground } from './ground.js';
import { reportedGround } from './reported-ground.js';
import { onDemandText } from './ruleset-text.js';
import { chainsNeeded } from './steering.js';
import { inOrder, stepOf, UNNOTED } from './step-of.js';
import { isStraightName } from './straight-rules.js';
import { tableNotes } from './table-notes.js';
import { inTable, type ChangedService, type TellingDirector } from './told-servers.js';
import { transactionText } from './transaction-text.js';

/** So many elements are told of at most, unless one service alone has more. */
export const MOST_ELEMENTS_TOLD = 5_000;

/** Of one virtual service, by its key. */
export interface ServiceOnItsWay extends ChangedService {
  readonly key: string;
}

/** What a director reported last, with the seed of its cluster. */
export interface DirectorFacts extends TellingDirector {
  readonly seed: number;
  readonly interfaces: readonly ReportedInterface[];
}

export interface ForetoldTable {
  /** Lines for `nft -f -`: chains that come first, where no other service has brought them. */
  readonly chains: readonly string[];
  /** Lines for `nft -f -`, in one transaction. */
  readonly commands: readonly string[];
  /** The same, of what follows by itself: hosts prove themselves, servers pass their checks, drains end. */
  readonly later: readonly string[];
  /** What nobody but the director can tell. */
  readonly notes: readonly string[];
  /** Services that are not told of, because there are so many elements. */
  readonly leftOut: number;
}

export function foretellTable(
  changes: readonly ServiceOnItsWay[],
  { seed, interfaces, ...director }: DirectorFacts,
): ForetoldTable {
  const ground = reportedGround(seed, interfaces);
  const told = waysTold(changes, director, ground);
  return {
    chains: linesOf(chainsText(told, ground)),
    commands: linesOf(stepsText(told, ({ now }) => now)),
    later: linesOf(stepsText(told, ({ later }) => later)),
    notes: tableNotes(
      told.map(({ change }) => change),
      ground,
    ),
    leftOut: changes.length - told.length,
  };
}

interface Way {
  readonly change: ServiceOnItsWay;
  /** As the director would have them in its table. */
  readonly after: ServiceDocument | null;
  readonly settled: ServiceDocument | null;
  readonly before: ServiceDocument | null;
  readonly now: Step;
  readonly later: Step;
}

function wayOf(change: ServiceOnItsWay, director: TellingDirector, ground: Ground): Way {
  const { key } = change;
  const forwarded = {
    before: forwardedBody(change.before),
    after: forwardedBody(change.after),
    settled: forwardedBody(change.settled),
  };
  const { before, after, settled } = inTable(forwarded, director);
  return {
    change: { key, ...forwarded },
    before,
    after,
    settled,
    now: stepOf({ key, body: after }, before, ground, UNNOTED),
    later: stepOf({ key, body: settled }, after, ground, UNNOTED),
  };
}

/** As many as there is room for, and one in any case; no more are worked out. */
function waysTold(
  changes: readonly ServiceOnItsWay[],
  director: TellingDirector,
  ground: Ground,
): readonly Way[] {
  const told: Way[] = [];
  let size = 0;
  for (const change of changes) {
    const way = wayOf(change, director, ground);
    size += sizeOf(way.now) + sizeOf(way.later);
    if (size > MOST_ELEMENTS_TOLD && told.length > 0) break;
    told.push(way);
  }
  return told;
}

function sizeOf({ added, deleted }: Step): number {
  return added.length + deleted.length;
}

function stepsText(ways: readonly Way[], pick: (way: Way) => Step): string {
  const ordered = inOrder(ways.map((way) => ({ body: way.after, step: pick(way) })));
  return [...batches(ordered.map(({ step }) => step))].map(transactionText).join('');
}

/** Of chains that stand for every such service. The rules of the short way stand in one chain for all, and are told in words. */
function chainsText(ways: readonly Way[], { seed, devices }: Ground): string {
  const names = new Set(
    ways.flatMap(({ after, settled }) => [...chainsNeeded(after), ...chainsNeeded(settled)]),
  );
  for (const name of ways.flatMap(({ before }) => chainsNeeded(before))) names.delete(name);
  const chains = [...names].filter((name) => !isStraightName(name));
  return chains.length === 0 ? '' : onDemandText(chains, { seed, devices });
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}
