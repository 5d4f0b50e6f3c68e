/**
 * Turns a change of intent or facts into changed documents, in the transaction that made the change.
 * The order matters: services first, judged by what hosts hold now; then what the directors may still name;
 * then the VIPs of the hosts, where one that a director may still name is never taken away.
 * The caller holds the commit order, so everything that was committed before is seen, and nothing moves meanwhile.
 */
import type { EntityManager } from 'typeorm';
import { advanceVersion, type CommitOrder } from '../../store/commit-order.js';
import type { VirtualService } from '../../../domain/virtual-service.js';
import type { VipOnHost } from '../../store/observe-real-servers.js';
import { nobodysWord, type ApproveLosses } from './approved-losses.js';
import { compileServices, type KnownServices } from './compile-services.js';
import { compileVips, type CompiledVip, type Unstored } from './compile-vips.js';
import { recordMentions, releaseMentions } from './mentions.js';
import {
  DIRECTORS_SCOPE,
  judgeDocuments,
  placeOf,
  readStored,
  writeDocuments,
  type Judged,
} from './write-documents.js';

/** What a change may have touched; naming too much costs time, naming too little is a bug. */
export interface Touched {
  readonly serviceIds: readonly string[];
  readonly vips: readonly VipOnHost[];
  /** Services that this transaction has just stored or read, to spare reading them again. */
  readonly known?: readonly VirtualService[];
}

/**
 * @param approve may refuse what the services lose by the change, and is asked before anything of them is stored.
 * @returns true when a document moved.
 */
export async function publishDocuments(
  manager: EntityManager,
  held: CommitOrder,
  { serviceIds, vips, known = [] }: Touched,
  approve: ApproveLosses = nobodysWord,
): Promise<boolean> {
  const services = await approve(await judgeServices(manager, serviceIds, { services: known }));
  return storeDocuments(manager, held, services, vips);
}

/**
 * Stores judged documents of services, and what follows from them for hosts. Statements are sent together wherever one
 * need not know the answer of another; PostgreSQL executes them in the order in which they stand here.
 * @returns true when a document moved.
 */
export async function storeDocuments(
  manager: EntityManager,
  held: CommitOrder,
  services: Judged,
  touchedVips: readonly VipOnHost[],
): Promise<boolean> {
  const order = { ...held, version: held.version + 1 };
  const movedServices = services.moved.length > 0;
  const [, , released, needed] = await Promise.all([
    writeDocuments(manager, order, services),
    recordMentions(manager, order.version, services.moved),
    releaseMentions(manager, order.epoch),
    compileVips(manager, touchedVips),
    movedServices && advanceVersion(manager, order.version),
  ]);
  const vips = judgeVips([...needed, ...(await compileVips(manager, released))]);
  const movedVips = vips.moved.length > 0;
  await Promise.all([
    writeDocuments(manager, order, vips),
    movedVips && !movedServices && advanceVersion(manager, order.version),
  ]);
  return movedServices || movedVips;
}

/**
 * The directors' documents of these services as they would be now, beside those that are stored.
 * @param gone ids of services that a change is about to remove.
 */
export async function judgeServices(
  manager: EntityManager,
  serviceIds: readonly string[],
  known?: KnownServices,
  gone: readonly string[] = [],
): Promise<Judged> {
  const nothing = gone.map((key) => ({ scope: DIRECTORS_SCOPE, key, body: null }));
  const places = [...serviceIds, ...gone].map((key) => ({ scope: DIRECTORS_SCOPE, key }));
  const [compiled, before] = await Promise.all([
    compileServices(manager, serviceIds, known),
    readStored(manager, places),
  ]);
  return judgeDocuments([...compiled, ...nothing], before);
}

/** The documents of hosts as a change makes them that stores nothing. */
export async function judgeUnstoredVips(
  manager: EntityManager,
  touchedVips: readonly VipOnHost[],
  unstored: Unstored,
): Promise<Judged> {
  return judgeVips(await compileVips(manager, touchedVips, unstored));
}

/** Two addresses of one host can both bring its VIP along. */
function judgeVips(compiled: readonly CompiledVip[]): Judged {
  const vips = [...new Map(compiled.map((document) => [placeOf(document), document])).values()];
  return judgeDocuments(
    vips,
    vips.map(({ stored }) => stored),
  );
}
