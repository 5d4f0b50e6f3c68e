/** A simulated Windows host behind the command runner, within this process: for tests that run hundreds of hosts. */
import { CommandFailed, type CommandRunner } from '../../../src/platform/command-runner.js';
import type { ScriptCall } from '../../../src/agent/hosts/windows/powershell.js';
import { SCRIPT_NAMES, scriptText } from '../../../src/agent/hosts/windows/scripts.js';
import { parsedScript } from './parsed-script.js';
import type { Simulation } from './simulated-run.js';
import { SimulatedWindows } from './simulated-windows.js';
import { ScriptError } from './powershell/interpreter.js';
import { freshFilters, freshWindows, type WindowsState } from './windows-state.js';

/** What happens at a single change: it fails, or nothing is ever heard of it again, as after a kill. */
export interface Accident {
  readonly change: number;
  /** `kill`: right after it. Right before it is the same as right after the one before. */
  readonly kind: 'fail' | 'kill';
}

/** Thrown where nothing more shall happen. */
class Killed extends Error {}

export class InProcessWindows implements CommandRunner {
  readonly simulation: Simulation = {
    state: freshWindows(),
    filters: freshFilters(),
    halfInstalled: false,
    changes: 0,
    offences: [],
  };
  readonly calls: { readonly script: string; readonly request: unknown }[] = [];
  /** All that was ever run, as it was run. */
  readonly commands: (readonly string[])[] = [];
  accident: Accident | undefined;
  /** Resolves when a kill happened. */
  killed: Promise<void>;
  #kill: () => void = () => undefined;

  constructor() {
    this.killed = new Promise((resolve) => (this.#kill = resolve));
  }

  get state(): WindowsState {
    return this.simulation.state;
  }

  run(
    argv: readonly string[],
    options: { readonly input?: string | Iterable<string> } = {},
  ): Promise<string> {
    this.commands.push(argv);
    const script = SCRIPT_NAMES.find((name) => scriptText(name) === argv.at(-1));
    if (script === undefined) return Promise.reject(new CommandFailed(argv, 1, 'no script of the agent'));
    const call = { script, request: JSON.parse(String(options.input)) as unknown };
    this.calls.push(call);
    try {
      return Promise.resolve(this.#simulate(call as ScriptCall));
    } catch (error) {
      if (error instanceof Killed) return this.#never();
      return Promise.reject(new CommandFailed(argv, 1, error instanceof Error ? error.message : ''));
    }
  }

  #simulate(call: ScriptCall): string {
    const isDue = (change: number, kind: Accident['kind']) =>
      this.accident?.change === change && this.accident.kind === kind;
    const windows = new SimulatedWindows(
      this.simulation,
      {
        before: (change) => {
          if (isDue(change, 'fail')) throw new ScriptError('Access is denied.');
        },
        after: (change) => {
          if (isDue(change, 'kill')) throw new Killed();
        },
      },
      parsedScript,
    );
    return windows.run(call);
  }

  #never(): Promise<string> {
    this.#kill();
    return new Promise(() => undefined);
  }
}
