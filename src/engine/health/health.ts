/**
 * The health of the servers that this director forwards to: which checks there are, what came of them, and what of each
 * service is to be in force by that. It asks nobody itself and writes no table: a Prober asks, and the engine is told
 * which services have turned.
 * It must never hold up a document, nor take a server out because nobody could check it.
 */
import type { Document, ServerEntry, ServiceDocument } from '../../contract/documents.js';
import type { ReportedCondition } from '../../contract/report.js';
import type { ServiceInForce } from '../drivers/forwarding-driver.js';
import type { Ground } from '../../forwarding/ground.js';
import { isChecked, type CheckedDocument } from './checked-document.js';
import { changesAt, effectiveServers, sameChecks, sameServers } from '../../forwarding/effective-service.js';
import { FormerServices } from './former-services.js';
import { factOf } from './fact-of.js';
import { healthConditions } from './health-conditions.js';
import { HealthFacts } from './health-facts.js';
import type { ProbeTurn } from './probe/probe-messages.js';
import type { Prober } from './prober.js';
import { NO_STANDING, standingAfter } from '../../forwarding/service-standing.js';
import { adoptOf, type UsedServers, type WatchedService } from './watched-service.js';
import { answersElsewhere, SharedChecks, verdictOf, type SharedCheck } from './shared-checks.js';

export interface HealthListener {
  /** Other servers than before may have to be in force: `takeDue` tells. */
  readonly onTurned: () => void;
  /** There is something new to report. */
  readonly onNews: () => void;
  /** These have begun to fail on the VIP. */
  readonly onFallen: (fallen: readonly SharedCheck[]) => void;
}

export class Health {
  private readonly services = new Map<string, WatchedService>();
  private readonly checks = new SharedChecks();
  /** What the report says of servers. */
  readonly book = new HealthFacts();
  private turned = new Set<string>();
  private readonly former = new FormerServices();
  private standing = false;
  private blind = false;

  constructor(
    private readonly prober: Prober,
    private readonly listener: HealthListener,
  ) {}

  /** Of these documents and no others. */
  watchOnly(documents: Services, used: UsedServers): void {
    for (const [key, watched] of this.services) if (!documents.has(key)) this.leave(watched);
    this.watch([...documents.values()], used);
  }

  /** Nobody is asked anything else before it is known which of them are in force: `settle` tells. */
  watch(documents: readonly Document<ServiceDocument>[], used: UsedServers): void {
    for (const document of documents) {
      const before = this.services.get(document.key);
      if (before !== undefined) this.former.note(before, document);
      if (!isChecked(document)) {
        if (before !== undefined) this.leave(before);
      } else if (before !== undefined && sameChecks(before.document.body, document.body)) {
        // After a look at the host all documents come again, most of them as they were.
        before.document = document;
      } else {
        this.enter(document, before, used(document.key));
      }
    }
  }

  /** These are in force now. Of a document that was refused it is the one before, which goes on to be watched. */
  settle(inForce: Services): void {
    const refused = this.former.takeRefused(inForce);
    for (const { document, standing } of refused) {
      const now = inForce.get(document.key);
      this.enter(document, this.services.get(document.key), now?.body.servers, standing);
    }
    if (this.standing) this.hand();
    this.advanceAll(refused.map(({ document }) => document.key));
  }

  /** Whether some service is checked. */
  get watching(): boolean {
    return this.services.size > 0;
  }

  /** Nothing is asked before this. */
  standOn(ground: Ground): void {
    this.standing = true;
    this.hand();
    this.prober.standOn(ground);
  }

  /** Servers that packets go to already: they count as healthy until shown otherwise. */
  adopt(numbers: ReadonlySet<number>): void {
    for (const watched of this.services.values()) {
      if (!adoptOf(watched, numbers)) continue;
      // As though nobody had looked before: they did not rise just now.
      watched.standing = NO_STANDING;
      this.advance(watched);
    }
  }

  /** What of the document shall be in force now. */
  effective(document: ServiceInForce): ServiceInForce {
    const watched = this.services.get(document.key);
    if (watched === undefined || !isChecked(document)) return document;
    const { body } = document;
    const circumstances = { now: performance.now(), blind: this.blind };
    const servers = effectiveServers(body, watched.standing, circumstances);
    return sameServers(servers, body.servers) ? document : { ...document, body: { ...body, servers } };
  }

  /** Of the services that have turned since the last call what shall be in force, and is not. */
  takeDue(inForce: Services): readonly ServiceInForce[] {
    const turned = [...this.turned];
    this.turned = new Set();
    return turned.flatMap((key) => {
      const document = this.services.get(key)?.document;
      const now = inForce.get(key);
      if (document === undefined || now?.version !== document.version) return [];
      const effective = this.effective(document);
      return sameServers(effective.body.servers, now.body.servers) ? [] : [effective];
    });
  }

  conditions(): readonly ReportedCondition[] {
    if (!this.watching) return [];
    const panicking = [...this.services.values()].flatMap(({ document, standing }) =>
      standing.kept.size > 0 ? [document.body] : [],
    );
    return healthConditions(this.prober.trouble, panicking);
  }

  /** What the prober found out. */
  take(turns: readonly ProbeTurn[]): void {
    const now = new Date().toISOString();
    const touched = new Set<string>();
    const fallen: SharedCheck[] = [];
    for (const turn of turns) {
      const check = this.checks.get(turn.id);
      if (check === undefined) continue;
      if (turn.healthy === false && check.verdict.healthy !== false) fallen.push(check);
      check.verdict = verdictOf(check.verdict, turn, now);
      for (const key of check.users) touched.add(key);
    }
    this.advanceAll(touched);
    if (fallen.length > 0) this.listener.onFallen(fallen);
  }

  /** The servers of these checks answer on their own address. */
  answeredElsewhere(ids: readonly number[]): void {
    const failing = ids
      .flatMap((id) => this.checks.get(id) ?? [])
      .filter(({ verdict }) => verdict.healthy === false);
    for (const check of failing) check.verdict = answersElsewhere(check);
    this.advanceAll(new Set(failing.flatMap(({ users }) => [...users])));
  }

  /** The prober's trouble is another: where nobody can check, what is not known counts as healthy. */
  troubleChanged(): void {
    this.blind = this.prober.trouble !== undefined;
    this.advanceAll(this.services.keys());
    this.listener.onNews();
  }

  stop(): Promise<void> {
    for (const { timer } of this.services.values()) clearTimeout(timer);
    this.services.clear();
    return this.prober.stop();
  }

  private enter(
    document: CheckedDocument,
    before: WatchedService | undefined,
    used: readonly ServerEntry[] | undefined,
    standing = before?.standing ?? NO_STANDING,
  ): void {
    const { key } = document;
    const checks = this.checks.useFor(document, new Date().toISOString());
    const kept = new Set(checks.values());
    for (const [number, check] of before?.checks ?? []) {
      if (!kept.has(check)) this.checks.release(check, key);
      if (!checks.has(number)) this.book.drop(number);
    }
    const watched = { document, checks, standing, timer: before?.timer };
    this.services.set(key, watched);
    adoptOf(watched, new Set(used?.map(({ number }) => number)));
    this.advance(watched);
  }

  private leave({ document: { key }, checks, timer }: WatchedService): void {
    clearTimeout(timer);
    this.services.delete(key);
    for (const [number, check] of checks) {
      this.checks.release(check, key);
      this.book.drop(number);
    }
  }

  private hand(): void {
    const unused = this.checks.takeUnused();
    const fresh = this.checks.takeFresh();
    if (fresh.length > 0) this.prober.put(fresh);
    if (unused.length > 0) this.prober.forget(unused);
  }

  private advanceAll(keys: Iterable<string>): void {
    let news = false;
    const idle = this.turned.size === 0;
    for (const key of keys) {
      const watched = this.services.get(key);
      if (watched === undefined) continue;
      if (this.advance(watched)) news = true;
      this.turned.add(key);
    }
    if (idle && this.turned.size > 0) this.listener.onTurned();
    if (news) this.listener.onNews();
  }

  /** Whether there is news to report. */
  private advance(watched: WatchedService): boolean {
    const {
      checks,
      document: { body },
    } = watched;
    const now = performance.now();
    const healthOf = (number: number) => checks.get(number)?.verdict.healthy ?? null;
    watched.standing = standingAfter(watched.standing, body, healthOf, now);
    this.arm(watched, now);
    const news = body.servers.map((server) => {
      const check = checks.get(server.number);
      return check !== undefined && this.book.put(factOf(server, check.verdict, watched.standing));
    });
    return news.includes(true);
  }

  private arm(watched: WatchedService, now: number): void {
    clearTimeout(watched.timer);
    const { key, body } = watched.document;
    const at = changesAt(body, watched.standing, now);
    watched.timer = at === undefined ? undefined : setTimeout(() => this.advanceAll([key]), at - now);
  }
}

type Services = ReadonlyMap<string, ServiceInForce>;
