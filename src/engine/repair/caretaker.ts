/**
 * Looks after what is in force: soon after an event, and every few seconds for the sake of events that were missed. It
 * decides that something was undone and that it is time to bring everything back; the bringing is the engine's and the
 * link's. Its looks cost the same whatever the size of the table, and what the engine itself does is no reason for one.
 */
import type { HostDrift, ReportedCondition } from '../../contract/report.js';
import type { Deviation } from '../../link/drift/deviation.js';
import { watchCondition } from '../../link/drift/drift-conditions.js';
import type { Logger } from '../../platform/logger.js';
import { Lookout } from '../../platform/lookout.js';
import type { ForwardingDriver } from '../drivers/forwarding-driver.js';
import type { EngineOptions } from '../engine-options.js';
import type { Footing } from '../footing.js';
import type { Survey } from '../network/survey.js';
import type { Turns } from '../turns.js';
import type { Vips } from '../vips.js';
import type { DirectorWatch } from '../watch/director-watch.js';
import type { Heard } from '../watch/heard.js';
import { BackgroundCheck } from './background-check.js';
import { deviationsIn, differingMaps, lockDeviation, rulesDeviation, touchedMaps } from './deviations.js';
import { SelfRepair } from './self-repair.js';

const POLL_MS = 10_000;
/** Of all that was undone at once, so much is logged. */
const SOME = 5;

/** What is looked after. */
export interface Charge {
  readonly driver: ForwardingDriver;
  readonly turns: Turns;
  readonly vips: Pick<Vips, 'taken' | 'isLocked' | 'lockStands'>;
  readonly footing: Footing;
  /** Has everything brought in line soon. */
  readonly bringAll: () => void;
}

export class Caretaker {
  readonly #repair = new SelfRepair();
  readonly #watch: DirectorWatch | undefined;
  readonly #logger: Logger | undefined;
  readonly #lookout: Lookout | undefined;
  readonly #background: BackgroundCheck | undefined;

  constructor(
    private readonly charge: Charge,
    { logger, watch, readBackMs }: Pick<EngineOptions, 'logger' | 'watch' | 'readBackMs'>,
  ) {
    this.#watch = watch;
    this.#logger = logger;
    if (watch === undefined || logger === undefined) return;
    this.#lookout = new Lookout(() => this.#look(watch), logger, { watch, pollMs: POLL_MS });
    this.#background = new BackgroundCheck(() => this.#readBack(), logger, readBackMs);
  }

  /** Everything was brought in line; from now on it is looked after. */
  mended(): void {
    this.#repair.mended();
    this.#lookout?.begin();
    this.#background?.begin();
  }

  /**
   * Everything is about to be brought in line. Unless all that others do is heard of, nothing of it may be taken for granted.
   */
  begin(): void {
    if (this.#watch?.trouble !== null) this.charge.driver.suspectAll();
  }

  async stop(): Promise<void> {
    await this.#lookout?.stop();
    await this.#background?.stop();
  }

  /** What somebody found on a look of their own. */
  found(deviations: readonly Deviation[]): void {
    this.note(deviations);
    if (this.#repair.isDue) this.charge.bringAll();
  }

  /** The same, by whoever is about to bring everything. */
  note(deviations: readonly Deviation[]): void {
    const undone = this.#repair.found(deviations);
    if (undone.length > 0) {
      const examples = undone.slice(0, SOME);
      this.#logger?.warn({ count: undone.length, examples }, 'somebody undid what this engine had set');
    }
  }

  /** Somebody spoke in the name of a VIP, and was gainsaid. */
  gainsaid(vip: string, who: string): void {
    this.#repair.answered({ thing: `owner of VIP ${vip}`, found: who, wanted: 'the director' });
  }

  conditions(): readonly ReportedCondition[] {
    return [...watchCondition(this.#watch?.trouble, POLL_MS / 1000), ...this.#repair.conditions()];
  }

  describe(): HostDrift {
    return this.#repair.describe();
  }

  async #readBack(): Promise<void> {
    const { driver, turns, vips } = this.charge;
    const opened = await turns.take(() => Promise.resolve(driver.openReadBack()));
    const maps = (await opened?.deviatingMaps()) ?? [];
    // Which of their elements are wrong it does not tell.
    driver.suspect({ rules: false, maps, places: maps.length > 0 ? 'all' : [] });
    const locked = await vips.lockStands();
    this.found([...differingMaps(maps), ...(locked ? [] : [lockDeviation])]);
  }

  async #look(watch: DirectorWatch): Promise<void> {
    const heard = watch.take();
    if (heard.lost) this.#background?.soon();
    // In a turn, or what the engine is about to do itself would look like drift.
    await this.charge.turns.take(async () => {
      const { place } = this.charge.footing;
      if (place !== undefined) this.found(await this.#deviations(heard, place));
      // It could not be brought, perhaps for want of the very thing that came now.
      else if (heard.newAddress || heard.interfaces.size > 0) this.charge.bringAll();
    });
  }

  async #deviations(heard: Heard, place: Survey): Promise<readonly Deviation[]> {
    const { driver, footing } = this.charge;
    const losses = this.#concernsHost(heard, place) ? await footing.look(place) : undefined;
    const isRight = !heard.table && (!tellsOfRules(heard) || (await driver.isIntact()));
    // With a network card go rules that name it, and no element.
    const rules = heard.rules || (losses?.remade.length ?? 0) > 0;
    const touched = driver.suspect({ rules, maps: heard.maps.keys(), places: heard.places });
    if (heard.table || heard.lost || (!isRight && !rules)) driver.suspectAll();
    const locked = !this.#concernsLock(heard) || (await this.charge.vips.lockStands());
    return [
      ...(locked ? [] : [lockDeviation]),
      ...(isRight ? [] : [rulesDeviation]),
      ...touchedMaps(touched, heard),
      ...(losses === undefined ? [] : deviationsIn(losses, place)),
    ];
  }

  /** The engine takes policies away itself, and then they are none of the lock any more. */
  #concernsLock({ unlocked }: Heard): boolean {
    return unlocked === 'all' || [...unlocked].some((vip) => this.charge.vips.isLocked(vip));
  }

  #concernsHost({ goneAddresses, interfaces }: Heard, { indexes }: Survey): boolean {
    if ([...interfaces].some((name) => indexes.has(name))) return true;
    return goneAddresses.size > 0 && this.charge.vips.taken.some((vip) => goneAddresses.has(vip));
  }
}

/** Of a look that no event gave reason for, nobody knows what it is to find. */
function tellsOfRules({ rules, lost, goneAddresses, interfaces, newAddress, maps }: Heard): boolean {
  return rules || lost || goneAddresses.size + interfaces.size + maps.size + Number(newAddress) === 0;
}
