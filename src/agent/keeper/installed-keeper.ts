/**
 * A keeper on a host where somebody installs, upgrades and removes it, and talks with it by files. It leaves one that
 * names the process whose report the control plane has taken: a process that is merely alive proves nothing, for it may
 * not reach anybody, or wait for a lock for ever. And it tells the control plane when it is being removed.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentPart } from '../../link/node-work.js';
import type { Logger } from '../../platform/logger.js';
import type { HostDriver } from '../hosts/host-driver.js';
import { isLeaving } from './leaving.js';
import type { LookoutOptions } from '../../platform/lookout.js';
import type { Proofs } from '../proofs/proofs.js';
import { VipKeeper } from './vip-keeper.js';

const FILE = 'reported';

export class InstalledKeeper extends VipKeeper {
  #announced = false;
  #toldLeaving = false;
  #listener: () => void = () => undefined;

  constructor(
    private readonly runDir: string,
    host: HostDriver,
    proofs: Proofs,
    private readonly state: string,
    logger: Logger,
    lookout: LookoutOptions,
  ) {
    super(host, proofs, state, logger, lookout);
  }

  override onChange(listener: () => void): void {
    super.onChange(listener);
    this.#listener = listener;
  }

  override async look(): Promise<void> {
    if ((await isLeaving(this.state)) !== this.#toldLeaving) this.#listener();
    await super.look();
  }

  override async describe(complete: boolean): Promise<AgentPart> {
    this.#toldLeaving = await isLeaving(this.state);
    const part = await super.describe(complete);
    return this.#toldLeaving ? { ...part, leaving: true } : part;
  }

  override acknowledged(): void {
    super.acknowledged();
    if (!this.#announced) this.#announce();
    this.#announced = true;
  }

  /** Without the file nobody is worse off than an installer, which then calls the agent a failure. */
  #announce(): void {
    try {
      mkdirSync(this.runDir, { recursive: true, mode: 0o700 });
      writeFileSync(join(this.runDir, FILE), `${process.pid}\n`, { mode: 0o600 });
    } catch {
      process.stderr.write(`${join(this.runDir, FILE)} cannot be written\n`);
    }
  }
}
