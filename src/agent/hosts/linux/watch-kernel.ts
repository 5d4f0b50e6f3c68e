/** Watches a Linux host by the kernel's own events: addresses, links, default routes and the guard's tables. */
import type { Logger } from '../../../platform/logger.js';
import type { HostWatch } from '../../../platform/host-watch.js';
import { GUARD_TABLE } from './guard-text.js';
import { isNewsOfIp, isNewsOfTable } from './watch-lines.js';
import { ProgramWatch, type WatchedProgram } from '../../../platform/program-watch.js';

/** Each prints one line for an event. */
const MONITORS: readonly WatchedProgram[] = [
  { argv: ['ip', '-o', 'monitor', 'label', 'address', 'link', 'route'], isNews: isNewsOfIp },
  { argv: ['nft', 'monitor'], isNews: (line) => isNewsOfTable(GUARD_TABLE, line) },
];

export class KernelWatch implements HostWatch {
  readonly #monitors: readonly ProgramWatch[];

  constructor(logger: Logger) {
    this.#monitors = MONITORS.map((monitor) => new ProgramWatch(monitor, logger));
  }

  get trouble(): string | null {
    return this.#monitors.find(({ trouble }) => trouble !== null)?.trouble ?? null;
  }

  start(onMoved: () => void): void {
    for (const monitor of this.#monitors) monitor.start(onMoved);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#monitors.map((monitor) => monitor.stop()));
  }
}
