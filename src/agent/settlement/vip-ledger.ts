/**
 * What the agent must remember to leave a host as it found it: which VIPs it put on loopback, which it found there and
 * held all the same, and which settings it changed. What it takes is durable before the host is touched, so a kill at any
 * point loses nothing; it is written twice, for there is nobody to ask were it lost. A VIP that stands on loopback and that it did not put there is an operator's: it is used, and
 * never removed. A change is one line more in the file; the whole is written anew only once the file has grown much.
 */
import { join } from 'node:path';
import { decodeText, exactly, strictDecoder } from '../../contract/strict-decoder.js';
import type { Logger } from '../../platform/logger.js';
import { readTwinJournal, TwinJournal } from '../../platform/twin-journal.js';
import type { ChangedSettings } from '../plan/changed-settings.js';

const FILE = 'agent-ledger';
const FORMAT = 3;
const MODE = 0o600;
/** The file is written anew when it is larger than this, and several times what it was when it was last written. */
const SMALL_BYTES = 64 * 1024;
const GROWTH = 4;

interface LedgerLine {
  readonly format: number;
  /** VIPs that the agent is about to put on loopback. */
  readonly claimed: readonly string[];
  /** VIPs that an operator put on loopback, and that the agent was told to hold. */
  readonly borrowed: readonly string[];
  readonly released: readonly string[];
  /** All settings that are changed from here on; null: the same as before. */
  readonly settings: ChangedSettings | null;
  /** Whether what is written before is known not to be all; absent: the same as before. */
  readonly damaged?: boolean;
}

const ADDRESSES = { type: 'array', items: { type: 'string', format: 'canonical-address' } };
const VALUE = { anyOf: [{ type: 'integer' }, { type: 'string' }] };
const SETTING = exactly({ before: VALUE, written: VALUE });
const LINE = exactly({
  format: { const: FORMAT },
  claimed: ADDRESSES,
  borrowed: ADDRESSES,
  released: ADDRESSES,
  settings: { anyOf: [{ type: 'null' }, { type: 'object', additionalProperties: SETTING }] },
});
const decodeLine = strictDecoder<LedgerLine>({
  ...LINE,
  properties: { ...LINE['properties'], damaged: { type: 'boolean' } },
});

export class VipLedger {
  readonly #ours = new Set<string>();
  readonly #borrowed = new Set<string>();
  #settings: ChangedSettings = {};
  /** Undefined at first and after a failure: the file may end in half a line, and is written anew. */
  #journal: TwinJournal | undefined;
  #number = 0;
  #rewriteAt = 0;
  #damaged = false;

  private constructor(private readonly path: string) {}

  static async open(stateDir: string, logger: Logger): Promise<VipLedger> {
    const ledger = new VipLedger(join(stateDir, FILE));
    const { texts, whole, number } = await readTwinJournal(ledger.path);
    const lines = texts.map((text) => decodeText(decodeLine, text));
    for (const line of lines) if (line.ok) ledger.#take(line.value);
    ledger.#number = number;
    ledger.#damaged ||= !whole || lines.some(({ ok }) => !ok);
    if (ledger.damaged) {
      logger.warn(
        { path: ledger.path },
        'the agent may not know all that it changed on this host; what it does not know stays as it is',
      );
    }
    return ledger;
  }

  /** VIPs that the agent put on loopback, or was about to. */
  get ours(): ReadonlySet<string> {
    return this.#ours;
  }

  /** VIPs that the agent holds or held and that an operator put on loopback. */
  get borrowed(): ReadonlySet<string> {
    return this.#borrowed;
  }

  /**
   * What the agent wrote down could not be read whole, at this start or an earlier one: it may not know all that it
   * changed. Only a person can say that it does no harm any more.
   */
  get damaged(): boolean {
    return this.#damaged;
  }

  get settings(): ChangedSettings {
    return this.#settings;
  }

  get changedSettings(): boolean {
    return Object.keys(this.#settings).length > 0;
  }

  /** Durable when it resolves. */
  async claim(addresses: readonly string[]): Promise<void> {
    const claimed = addresses.filter((address) => !this.#ours.has(address));
    if (claimed.length > 0) await this.#add({ claimed }, true);
  }

  async borrow(addresses: readonly string[]): Promise<void> {
    const borrowed = addresses.filter((address) => !this.#borrowed.has(address));
    if (borrowed.length > 0) await this.#add({ borrowed }, false);
  }

  async release(addresses: readonly string[]): Promise<void> {
    // Were this lost, it would be found again that the VIP is gone.
    if (addresses.length > 0) await this.#add({ released: addresses }, false);
  }

  /** Durable when it resolves. Without a member: nothing is changed any more. */
  async rememberSettings(settings: ChangedSettings): Promise<void> {
    await this.#add({ settings }, true);
  }

  /** Somebody looked after what the agent does not know of. Durable when it resolves. */
  async acceptDamage(): Promise<void> {
    if (this.#damaged) await this.#add({ damaged: false }, true);
  }

  async #add(change: Partial<LedgerLine>, durable: boolean): Promise<void> {
    const journal = await this.#openJournal();
    const line = { ...NOTHING, ...change };
    try {
      journal.append(JSON.stringify(line));
      if (durable) await journal.sync();
    } catch (error) {
      journal.close();
      this.#journal = undefined;
      throw error;
    } finally {
      this.#number = journal.last;
    }
    this.#take(line);
  }

  #take({ claimed, borrowed, released, settings, damaged }: LedgerLine): void {
    this.#damaged = damaged ?? this.#damaged;
    for (const address of borrowed) this.#borrowed.add(address);
    for (const address of claimed) {
      this.#ours.add(address);
      this.#borrowed.delete(address);
    }
    for (const address of released) {
      this.#ours.delete(address);
      this.#borrowed.delete(address);
    }
    this.#settings = settings ?? this.#settings;
  }

  async #openJournal(): Promise<TwinJournal> {
    if (this.#journal !== undefined && this.#journal.bytes < this.#rewriteAt) return this.#journal;
    this.#journal?.close();
    this.#journal = undefined;
    const whole = {
      ...NOTHING,
      claimed: [...this.#ours],
      borrowed: [...this.#borrowed],
      settings: this.#settings,
      ...(this.#damaged ? { damaged: true } : {}),
    };
    this.#journal = await TwinJournal.begin(this.path, JSON.stringify(whole), this.#number, MODE);
    this.#number = this.#journal.last;
    this.#rewriteAt = Math.max(SMALL_BYTES, GROWTH * this.#journal.bytes);
    return this.#journal;
  }
}

const NOTHING: LedgerLine = { format: FORMAT, claimed: [], borrowed: [], released: [], settings: null };
