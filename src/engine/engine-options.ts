import type { CommandRunner, ProgramStarter } from '../platform/command-runner.js';
import type { ForwardingDriver } from './drivers/forwarding-driver.js';
import type { VoiceOptions } from './segment-voice.js';
import type { DirectorWatch } from './watch/director-watch.js';

/** What an engine works with, and how often it looks at what. */
export interface EngineOptions extends VoiceOptions {
  readonly driver: ForwardingDriver;
  readonly commands: CommandRunner;
  readonly stateDir: string;
  /** Interface that the operator named. */
  readonly interface: string | undefined;
  /** Starts programs that stay, on this host. */
  readonly startProgram?: ProgramStarter;
  /** How old a reading of the host may be that a report is made from. */
  readonly readingAgeMs?: number;
  /** Without one nothing is looked at but when the engine is asked for a report. */
  readonly watch?: DirectorWatch | undefined;
  /** How often, with a watch, all that is in force is read back. */
  readonly readBackMs?: number;
}
