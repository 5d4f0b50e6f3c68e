/** Watches a Linux host by the kernel's own events: addresses, links, default routes and the guard's tables. */
import type { HostWatch } from '../../../platform/host-watch.js';
import type { Logger } from '../../../platform/logger.js';
import type { WatchedProgram } from '../../../platform/program-watch.js';
import { ProgramsWatch } from '../../../platform/programs-watch.js';
import { GUARD_TABLE } from '../../../setup/linux/guard-text.js';
import { isNewsOfIp, isNewsOfTable } from './watch-lines.js';

/** Each prints one line for an event. */
const MONITORS: readonly WatchedProgram[] = [
  { argv: ['ip', '-o', 'monitor', 'label', 'address', 'link', 'route'], isNews: isNewsOfIp },
  { argv: ['nft', 'monitor'], isNews: (line) => isNewsOfTable(GUARD_TABLE, line) },
];

export function watchKernel(logger: Logger): HostWatch {
  return new ProgramsWatch(MONITORS, logger);
}
