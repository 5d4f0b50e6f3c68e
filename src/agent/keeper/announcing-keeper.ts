/**
 * A keeper that leaves a file where whoever installs or upgrades an agent looks for it: it names the process whose
 * report the control plane has taken. A process that is merely alive proves nothing: it may not reach anybody, or wait
 * for a lock for ever.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { VipKeeper } from './vip-keeper.js';

const FILE = 'reported';

export class AnnouncingKeeper extends VipKeeper {
  #announced = false;

  constructor(
    private readonly runDir: string,
    ...keeper: ConstructorParameters<typeof VipKeeper>
  ) {
    super(...keeper);
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
