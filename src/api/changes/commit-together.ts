/**
 * The same road for several changes that share a transaction, each of one service and with a revision of its own. They are
 * judged beside each other, in the order of commits. A change that does not keep the rules beside all others is left out:
 * alone, after them, it gets the answer that it gets by what then is stored.
 */
import type { EntityManager } from 'typeorm';
import type { VirtualService } from '../../domain/virtual-service.js';
import { giveBackRevisions, takeRevisions, type CommitOrder } from '../store/commit-order.js';
import { GoesAlone, storedTogether, type SharedTransaction } from '../store/shared-transaction.js';
import { auditEntries } from './audit-entries.js';
import { brokenByEach, judgeChange, lookAround, markedChange, type Around } from './judge-change.js';
import { currentAsker, type Asker } from './record-revision.js';
import type { ServiceChange } from './service-change.js';
import { storeJudged } from './store-judged.js';
import { takesNothing } from './takes-nothing.js';

/** Everybody else waits for a set: what has more real servers than this is none of it. */
const MOST_SERVERS = 100;

export interface Committed {
  readonly revision: number;
  /** As they are stored, in the order of the changes; null: gone. */
  readonly services: readonly (VirtualService | null)[];
}

interface Asked {
  readonly change: ServiceChange;
  readonly asker: Asker;
}

interface Stored {
  readonly revision: number;
  readonly service: VirtualService | null;
}

export async function commitTogether(
  manager: EntityManager,
  shared: SharedTransaction,
  changes: readonly ServiceChange[],
  approve: string | undefined,
): Promise<Committed> {
  const [change, ...others] = changes;
  if (change === undefined || others.length > 0 || approve !== undefined || !fitsInASet(change)) {
    throw new GoesAlone();
  }
  const storing = storeWithOthers(shared, { change, asker: currentAsker() });
  shared.say(manager);
  const { revision, service } = await storing;
  return { revision, services: [service] };
}

function fitsInASet(change: ServiceChange): boolean {
  return (change.after?.realServers.length ?? 0) <= MOST_SERVERS && takesNothing(change);
}

const storeWithOthers = storedTogether<Asked, Stored>(async (manager, asked) => {
  const { order, around } = await lookAround(
    manager,
    (all) => takeRevisions(all, asked.length),
    changesOf(asked),
  );
  const along = await goingAlong(manager, order, asked, around);
  const stored = await store(manager, order, asked.length, along);
  const done = new Map(along.map((each, index) => [each, stored[index]]));
  return asked.map((each) => done.get(each) ?? new GoesAlone());
});

function changesOf(asked: readonly Asked[]): ServiceChange[] {
  return asked.map(({ change }) => change);
}

/** Those of them that keep the rules beside each other, and beside all that stays as it is stored. */
async function goingAlong(
  manager: EntityManager,
  order: CommitOrder,
  asked: readonly Asked[],
  around: Around,
): Promise<readonly Asked[]> {
  // Who is in the way of what there is goes first, so that he is in nobody else's.
  const fit = await Promise.all(asked.map(async (each) => (await keeping([each], around)).length > 0));
  const along = await keeping(
    asked.filter((_, index) => fit[index]),
    around,
  );
  // A service whose change is left out stays what and where it is, and they were judged as if it were not there.
  const staying = asked.some((each) => each.change.before !== null && !along.includes(each));
  if (!staying) return along;
  const again = await lookAround(manager, () => Promise.resolve(order), changesOf(along));
  return goingAlong(manager, order, along, again.around);
}

async function keeping(asked: readonly Asked[], around: Around): Promise<Asked[]> {
  const broken = await brokenByEach(changesOf(asked), around);
  return asked.filter((_, index) => broken[index]?.length === 0);
}

/** @param taken how many revisions there are for them. */
async function store(
  manager: EntityManager,
  last: CommitOrder,
  taken: number,
  along: readonly Asked[],
): Promise<Stored[]> {
  if (along.length === 0) return nothing(manager, taken);
  const at = new Date();
  const first = last.revision - taken + 1;
  const order = { ...last, revision: first + along.length - 1 };
  const changes = along.map(({ change }, index) => markedChange(change, { revision: first + index, at }));
  const judged = await judgeChange(manager, changes, undefined);
  // By what nodes have reported somebody loses something after all: whose word that needs is asked of each alone.
  if (judged.losses.needed !== null || judged.losses.window !== undefined) throw new TakesSomething();
  const made = await Promise.all(
    changes.map(async (change, index) => {
      const asker = along[index]?.asker;
      if (asker === undefined) throw new Error('a change has nobody who asked for it');
      return { number: change.revision, asker, entries: await auditEntries([change]) };
    }),
  );
  await Promise.all([
    along.length < taken && giveBackRevisions(manager, taken - along.length),
    storeJudged(manager, order, at, judged, made),
  ]);
  return changes.map(({ after: service, revision }) => ({ revision, service }));
}

async function nothing(manager: EntityManager, taken: number): Promise<Stored[]> {
  await giveBackRevisions(manager, taken);
  return [];
}

class TakesSomething extends Error {}
