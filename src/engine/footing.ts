/**
 * What everything in force stands on: which interfaces and segments there were when it was brought, and what somebody took
 * from the host since. Whoever reads the host compares; for as long as there is a recent reading nobody looks again.
 */
import type { Document, ServiceDocument } from '../contract/documents.js';
import { REPORT_INTERVAL_MS } from '../contract/report.js';
import { loadIdentity } from '../link/node-identity.js';
import type { EngineOptions } from './engine-options.js';
import { sameGround } from '../forwarding/ground.js';
import { NO_LOSS, lossesIn, type Losses } from './losses.js';
import { HostReader, type HostReading } from './network/host-reader.js';
import { survey, type Survey } from './network/survey.js';
import { StrandedDocuments } from './stranded-documents.js';
import type { Turns } from './turns.js';
import type { Vips } from './vips.js';

export class Footing {
  /** Undefined: not known, all has to be brought. */
  place: Survey | undefined;
  /** Since everything was brought, as far as somebody looked. */
  losses: Losses = NO_LOSS;
  private readonly host: HostReader;
  private readonly readingAgeMs: number;
  private readonly stranded = new StrandedDocuments();

  constructor(
    private readonly options: Pick<EngineOptions, 'commands' | 'stateDir' | 'interface' | 'readingAgeMs'>,
    private readonly turns: Turns,
    private readonly vips: Pick<Vips, 'taken' | 'see'>,
  ) {
    this.host = new HostReader(options.commands);
    this.readingAgeMs = options.readingAgeMs ?? REPORT_INTERVAL_MS;
  }

  /** Everything is in force on this place. */
  settle(place: Survey): void {
    this.place = place;
    this.losses = NO_LOSS;
  }

  async survey(seed: number, reading?: HostReading): Promise<Survey> {
    const { stateDir, interface: named } = this.options;
    const { addresses: joined = [], cluster } = (await loadIdentity(stateDir, 'director')) ?? {};
    return survey(reading ?? (await this.host.read()), { seed, named, joined, cluster });
  }

  /**
   * Whether all has to be laid anew. The host is read only when a server seems to lie nowhere; for a document that
   * was found so before, a recent reading will do.
   */
  async hasMoved(documents: readonly Document<ServiceDocument>[], seed: number): Promise<boolean> {
    const { place } = this;
    if (place === undefined || place.ground.seed !== seed) return true;
    const found = this.stranded.among(documents, place);
    if (found === 'none') return false;
    const recent = found === 'known' ? this.host.recent(this.readingAgeMs) : undefined;
    const reading = recent ?? (await this.host.read());
    // A recent one may be older than what was changed since.
    if (recent === undefined) this.compare(reading, place);
    if (this.losses !== NO_LOSS) return true;
    const now = await this.survey(seed, reading);
    return now.vipDevice !== place.vipDevice || !sameGround(now.ground, place.ground);
  }

  /** For a report. `onRead`: tells what is missing now, after a look at the host. */
  async reading(onRead: () => void): Promise<HostReading> {
    const recent = this.host.recent(this.readingAgeMs);
    if (recent !== undefined) return recent;
    const still = this.turns.stillness();
    const reading = await this.host.read();
    const told = (seen: HostReading) => {
      if (this.place !== undefined) this.compare(seen, this.place);
      onRead();
    };
    // Compared with what the engine knows only when it changed nothing meanwhile; if it did, then in a turn.
    if (still()) told(reading);
    else void this.turns.take(async () => told(await this.host.read())).catch(() => undefined);
    return reading;
  }

  /** Reads the host, and compares. */
  async look(place: Survey): Promise<Losses> {
    return this.compare(await this.host.read(), place);
  }

  private compare(reading: HostReading, place: Survey): Losses {
    this.vips.see(reading, place);
    this.losses = lossesIn(reading, this.vips.taken, place);
    return this.losses;
  }
}
