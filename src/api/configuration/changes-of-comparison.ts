/**
 * Makes changes of what differs between a configuration and what there is. What an entry leaves out has its default, and
 * a real server is known by its address, as everywhere where a whole is sent. An entry that says the same in other words
 * is no change.
 */
import { setImmediate } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { matchByAddress, replaceRealServers } from '../../domain/replace-real-servers.js';
import {
  changeVirtualService,
  VIRTUAL_SERVICE_DEFAULTS,
  type VirtualService,
} from '../../domain/virtual-service.js';
import { mapInTurns } from '../../platform/in-turns.js';
import { changesSomething, type ServiceChange } from '../changes/service-change.js';
import { Violations } from '../http/bulk/violations.js';
import { definedIn } from '../http/defined-in.js';
import { RequestValidationPipe } from '../http/validation.pipe.js';
import { readServerDraft } from '../real-servers/server-draft.js';
import { takeId } from '../store/take-id.js';
import { inTurn, takeServerNumbers } from '../store/take-numbers.js';
import { makeServices } from '../virtual-services/make-services.js';
import { readServiceDraft } from '../virtual-services/service-draft.js';
import { CreateVirtualServiceDto } from '../virtual-services/virtual-service.dto.js';
import type { Comparison } from './compare-configuration.js';
import type { Entry } from './configuration-entries.js';
import { MOST_FAULTS } from './configuration-limits.js';

/** After so many bodies others get their turn: to validate one takes a good part of a millisecond. */
const VALIDATED_AT_ONCE = 50;
/** The same of what follows, of which each takes some hundredths. */
const MATCHED_AT_ONCE = 500;

const pipe = new RequestValidationPipe();

/** The bodies of entries, by their entries. */
export type Bodies = ReadonlyMap<Entry, CreateVirtualServiceDto>;

/** Throws 400 with all that cannot be read in the entries that differ. */
export async function readBodies({ differing, added }: Comparison): Promise<Bodies> {
  const entries = [...differing.flatMap(({ entry }) => entry ?? []), ...added].sort(inOrder);
  const troubles = new Violations();
  const bodies = new Map<Entry, CreateVirtualServiceDto>();
  for (const [index, entry] of entries.entries()) {
    if (index % VALIDATED_AT_ONCE === 0) await setImmediate();
    const dto = await troubles.gather(entry.pointer, () => readBody(entry));
    if (dto !== null) bodies.set(entry, dto);
    if (troubles.count >= MOST_FAULTS) break;
  }
  troubles.throwIfAny();
  return bodies;
}

async function readBody({ body }: Entry): Promise<CreateVirtualServiceDto> {
  return (await pipe.transform(body, {
    type: 'body',
    metatype: CreateVirtualServiceDto,
  })) as CreateVirtualServiceDto;
}

/** @param found the services as they are now that they are locked. */
export async function changesOfComparison(
  manager: EntityManager,
  { differing, added }: Comparison,
  bodies: Bodies,
  found: ReadonlyMap<string, VirtualService>,
): Promise<readonly ServiceChange[]> {
  const matched = await mapInTurns(differing, MATCHED_AT_ONCE, ({ before: { id }, entry }) =>
    matchOf(bodies, entry, found.get(id)),
  );
  const newServers = matched.flatMap(({ wanted }) => wanted.filter(({ server }) => server === null));
  const takeNumber = inTurn(await takeServerNumbers(manager, newServers.length));
  const takeIdentity = () => ({ id: takeId(manager), number: takeNumber() });
  const changed = await mapInTurns(matched, MATCHED_AT_ONCE, ({ entry, before, next, wanted }) => ({
    entry,
    before,
    after: next === null ? null : replaceRealServers(next, wanted, takeIdentity, { additiveOnly: false }),
  }));
  const made = await makeServices(
    manager,
    added.map((entry) => bodyOf(bodies, entry)),
  );
  const all = [
    ...changed,
    ...made.map((after, index) => ({ entry: added[index] ?? null, before: null, after })),
  ];
  const changes = all
    .sort((a, b) => inOrder(a.entry, b.entry))
    .map(({ entry, before, after }) => ({ before, after, where: inside(entry?.pointer ?? '') }));
  const kept = await mapInTurns(changes, MATCHED_AT_ONCE, changesSomething);
  return changes.filter((_, index) => kept[index]);
}

/** As they were sent; before them those that are not named. */
function inOrder(a: Entry | null, b: Entry | null): number {
  return (a?.index ?? -1) - (b?.index ?? -1);
}

interface Matched {
  /** Null: none names it. */
  readonly entry: Entry | null;
  readonly before: VirtualService;
  /** With the fields of the entry, and its real servers as they were; null: it shall be gone. */
  readonly next: VirtualService | null;
  readonly wanted: ReturnType<typeof matchByAddress>;
}

function matchOf(bodies: Bodies, entry: Entry | null, before: VirtualService | undefined): Matched {
  if (before === undefined) throw new Error('a service that was compared is not there');
  if (entry === null) return { entry, before, next: null, wanted: [] };
  const dto = bodyOf(bodies, entry);
  const next = withFields(before, dto);
  const drafts = (dto.realServers ?? []).map(readServerDraft);
  return { entry, before, next, wanted: matchByAddress(next, drafts) };
}

function withFields(before: VirtualService, dto: CreateVirtualServiceDto): VirtualService {
  return changeVirtualService(before, { ...VIRTUAL_SERVICE_DEFAULTS, ...definedIn(readServiceDraft(dto)) });
}

function bodyOf(bodies: Bodies, entry: Entry): CreateVirtualServiceDto {
  const dto = bodies.get(entry);
  if (dto === undefined) throw new Error('an entry was not read');
  return dto;
}

function inside(pointer: string): ServiceChange['where'] {
  return (field) => pointer + field;
}
