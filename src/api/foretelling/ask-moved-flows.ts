/**
 * How many flows would be drained or broken by a change, as directors have them now. One question for each service, of few
 * services, and nobody is waited for longer than a moment: a plan is worth reading without a number, and says why it has none.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { FlowsQuestion, StatsQuestion } from '../../contract/questions.js';
import type { FlowsTold, StatsTold } from '../../contract/told.js';
import type { FatesOfFlows } from '../../forwarding/fates-of-flows.js';
import { AskDirectors, type DirectorSaid } from '../delivery/questions/ask-directors.js';

/** A director that counts the flows of several servers takes a second for it. */
const WITHIN_MS = 2_000;
/** Of a plan. A director is asked no more than a few questions at once. */
const MOST_SERVICES_ASKED = 4;

export interface CountedFlows {
  readonly drained: number | null;
  readonly broken: number | null;
  /** Why there is no number, or one that may be too low; null where all is known. */
  readonly note: string | null;
}

interface Moving {
  readonly key: string;
  readonly fates: FatesOfFlows;
  readonly before: { readonly servers: readonly unknown[] } | null;
}

const NONE: CountedFlows = { drained: 0, broken: 0, note: null };

@Injectable()
export class AskMovedFlows {
  constructor(@Inject(AskDirectors) private readonly directors: AskDirectors) {}

  /** By the key of the service; those of whose flows nothing has to be asked are in it too. */
  async count(services: readonly Moving[]): Promise<ReadonlyMap<string, CountedFlows>> {
    const asked = services.filter(isToBeAsked).slice(0, MOST_SERVICES_ASKED);
    const counted = await Promise.all(asked.map(async (each) => [each.key, await this.ask(each)] as const));
    return new Map([...services.map((each) => [each.key, unasked(each)] as const), ...counted]);
  }

  private async ask(service: Moving): Promise<CountedFlows> {
    const question = questionFor(service);
    const directors = await this.directors.directors();
    if (question.kind === 'stats') {
      const said = await Promise.all(directors.map((each) => this.directors.one(each, question, WITHIN_MS)));
      return summed(said, service.fates, byServer);
    }
    const said = await Promise.all(directors.map((each) => this.directors.one(each, question, WITHIN_MS)));
    return summed(said, service.fates, ofOneFate);
  }
}

function isToBeAsked({ fates }: Moving): boolean {
  return fates.remembered && fates.drained.length + fates.broken.length > 0;
}

function unasked(service: Moving): CountedFlows {
  if (!service.fates.remembered) {
    return {
      drained: null,
      broken: null,
      note: 'No flow is remembered: each packet goes where its slot says.',
    };
  }
  if (!isToBeAsked(service)) return NONE;
  const note = `Directors are asked about the flows of ${MOST_SERVICES_ASKED} services of a plan, and no more.`;
  return { drained: null, broken: null, note };
}

/** The cheapest that tells: how many there are, or how many of one server, or else of each. */
function questionFor({ key: service, fates, before }: Moving): FlowsQuestion | StatsQuestion {
  const { drained, broken } = fates;
  const leaving = [...drained, ...broken];
  const [server] = leaving;
  if (drained.length === 0 || broken.length === 0) {
    if (leaving.length === before?.servers.length) return { kind: 'flows', service, limit: 1 };
    if (leaving.length === 1 && server !== undefined) return { kind: 'flows', service, server, limit: 1 };
  }
  return { kind: 'stats', service };
}

type Counted = Pick<CountedFlows, 'drained' | 'broken'> & { readonly complete: boolean };

function ofOneFate({ total, complete }: FlowsTold, { drained }: FatesOfFlows): Counted {
  return drained.length > 0
    ? { drained: total, broken: 0, complete }
    : { drained: 0, broken: total, complete };
}

function byServer({ servers, flowsComplete: complete }: StatsTold, fates: FatesOfFlows): Counted {
  const of = (numbers: readonly number[]) =>
    servers.filter(({ number }) => numbers.includes(number)).reduce((sum, { flows }) => sum + flows, 0);
  return { drained: of(fates.drained), broken: of(fates.broken), complete };
}

function summed<T>(
  said: readonly DirectorSaid<T>[],
  fates: FatesOfFlows,
  count: (told: T, fates: FatesOfFlows) => Counted,
): CountedFlows {
  // A director that has nothing of the service in force has no flow of it either.
  const silent = said.filter(({ told, trouble }) => told === null && trouble?.code !== 'not-in-force');
  const told = said.flatMap((each) => (each.told === null ? [] : [count(each.told, fates)]));
  if (said.length === 0) return { drained: null, broken: null, note: 'No director has joined.' };
  const troubles = silent.flatMap(({ trouble }) => trouble?.message ?? []);
  if (silent.length === said.length) return { drained: null, broken: null, note: troubles.join(' ') };
  const partial = told.some(({ complete }) => !complete) ? ['Not all flows were counted in time.'] : [];
  const notes = [...troubles, ...partial];
  return {
    drained: told.reduce((sum, each) => sum + (each.drained ?? 0), 0),
    broken: told.reduce((sum, each) => sum + (each.broken ?? 0), 0),
    note: notes.length === 0 ? null : notes.join(' '),
  };
}
