import type { Logger } from '../../platform/logger.js';

/** The process's logger as something that can be injected. */
export class ApiLogger {
  constructor(readonly log: Logger) {}
}
