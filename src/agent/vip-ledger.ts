/**
 * What the agent must remember to leave a host as it found it: which VIPs it put on loopback, and how the host's
 * settings were before its first change. Both are durable before the host is touched, so a kill at any point loses
 * neither. A VIP that is not in here and stands on loopback is an operator's: it is used, and never removed.
 */
import { join } from 'node:path';
import { decodeText, exactly, strictDecoder } from '../contract/strict-decoder.js';
import type { Logger } from '../platform/logger.js';
import { readFileIfThere, writeFileAtomically } from '../platform/state-file.js';
import type { HostSettings } from './host-driver.js';

const FILE = 'agent-ledger.json';
const MODE = 0o600;

interface LedgerFile {
  readonly format: number;
  readonly previous: HostSettings | null;
  readonly ours: readonly string[];
}

const decodeLedger = strictDecoder<LedgerFile>(
  exactly({
    format: { const: 1 },
    previous: { type: ['object', 'null'], additionalProperties: { type: 'integer' } },
    ours: { type: 'array', items: { type: 'string', format: 'canonical-address' } },
  }),
);

export class VipLedger {
  private constructor(
    private readonly path: string,
    private readonly addresses: Set<string>,
    private settings: HostSettings | null,
  ) {}

  static async open(stateDir: string, logger: Logger): Promise<VipLedger> {
    const path = join(stateDir, FILE);
    const text = await readFileIfThere(path);
    if (text === undefined) return new VipLedger(path, new Set(), null);
    const decoded = decodeText(decodeLedger, text);
    if (decoded.ok) return new VipLedger(path, new Set(decoded.value.ours), decoded.value.previous);
    logger.error(
      { path, problem: decoded.problem },
      'the agent no longer knows what it changed on this host; VIPs on lo and the ARP settings stay as they are',
    );
    return new VipLedger(path, new Set(), null);
  }

  /** VIPs that the agent put on loopback, or was about to. */
  get ours(): ReadonlySet<string> {
    return this.addresses;
  }

  /** The settings before the agent's first change; null when it changed nothing. */
  get previous(): HostSettings | null {
    return this.settings;
  }

  async claim(addresses: readonly string[]): Promise<void> {
    for (const address of addresses) this.addresses.add(address);
    await this.#save();
  }

  async release(addresses: readonly string[]): Promise<void> {
    for (const address of addresses) this.addresses.delete(address);
    await this.#save();
  }

  /** Only the first settings count: those of a second run would be the agent's own. */
  async rememberPrevious(settings: HostSettings): Promise<void> {
    if (this.settings !== null) return;
    this.settings = settings;
    await this.#save();
  }

  async forgetPrevious(): Promise<void> {
    this.settings = null;
    await this.#save();
  }

  async #save(): Promise<void> {
    const file: LedgerFile = { format: 1, previous: this.settings, ours: [...this.addresses] };
    await writeFileAtomically(this.path, `${JSON.stringify(file)}\n`, { mode: MODE });
  }
}
