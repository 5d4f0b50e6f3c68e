/**
 * A simulated Windows host that runs scripts of PowerShell: the very text that a real one would be given, by an interpreter
 * of what the scripts use of the language, on commands that keep the state of a host and refuse what Windows refuses.
 */
import type { ScriptCall } from '../../../src/agent/hosts/windows/powershell.js';
import { scriptText } from '../../../src/agent/hosts/windows/scripts.js';
import { firewallCommands } from './firewall-commands.js';
import { networkCommands } from './network-commands.js';
import { Exit, Interpreter, ScriptError, type Command } from './powershell/interpreter.js';
import { plainCommands } from './powershell/plain-commands.js';
import type { Tree } from './powershell/tree.js';
import { textOf, type Thing, type Value } from './powershell/values.js';
import { SimulatedRun, type Simulation, type Witness } from './simulated-run.js';
import { newAddress, plugIn } from './windows-state.js';

const NEW_INDEX = 9;
/** Functions of scripts for which a command below stands. */
const REPLACED: ReadonlySet<string> = new Set(['protect-folder']);

export interface Told {
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

export class SimulatedWindows {
  readonly #run: SimulatedRun;
  readonly #commands: Readonly<Record<string, Command>>;
  readonly #out: string[] = [];
  readonly #err: string[] = [];
  #compiled = false;

  /** `files`: by their paths. */
  constructor(
    simulation: Simulation,
    witness: Witness,
    private readonly parse: (text: string) => Tree,
    files: Map<string, string> = new Map(),
  ) {
    this.#run = new SimulatedRun(simulation, witness);
    this.#commands = this.#allCommands(files);
  }

  /** Resolves to what a script of the agent prints; throws what it says on standard error. */
  run({ script, request }: ScriptCall): string {
    const { out, err, code } = this.#interpret(this.parse(scriptText(script)), JSON.stringify(request));
    if (code !== 0) throw new Error(err.trim());
    return out;
  }

  /** Any script. What it throws and does not catch, PowerShell prints, and ends with 1. */
  runText(text: string): Told {
    return this.#interpret(this.parse(text), '');
  }

  #interpret(tree: Tree, input: string): Told {
    const interpreter = new Interpreter((name) => this.#commands[name], REPLACED);
    const { scope } = interpreter;
    scope.declare('input', [input]);
    scope.declare('[Console]', this.#console());
    scope.declare('[HomewardDevice]', this.#device());
    const put: Value[] = [];
    const told = (code: number): Told => {
      const lines = [...this.#out, ...put.map((each) => `${textOf(each)}\n`)];
      return { out: lines.join(''), err: this.#err.join(''), code };
    };
    try {
      interpreter.run(tree, put);
      return told(0);
    } catch (error) {
      if (error instanceof Exit) return told(error.code);
      if (!(error instanceof ScriptError)) throw error;
      this.#err.push(`${error.message}\n`);
      return told(1);
    }
  }

  #allCommands(files: Map<string, string>): Readonly<Record<string, Command>> {
    return {
      ...networkCommands(this.#run),
      ...firewallCommands(this.#run),
      ...plainCommands(files, (seconds) => this.#run.wait(seconds)),
      'Add-Type': () => {
        this.#compiled = true;
        return [];
      },
      // Rights of folders are not simulated.
      'Protect-Folder': () => [],
    };
  }

  #console(): Thing {
    const writer = (lines: string[]): Thing => ({
      WriteLine: (line: Value = '') => {
        lines.push(`${textOf(line)}\n`);
        return null;
      },
    });
    return { Out: writer(this.#out), Error: writer(this.#err) };
  }

  /** What the C# of the scripts does; there it is compiled, and never run. */
  #device(): Thing {
    return {
      Install: (hardware: Value = '', inf: Value = '') => {
        if (!this.#compiled || hardware !== '*msloop' || !textOf(inf).endsWith('\\INF\\netloop.inf'))
          throw new Error('no such device');
        this.#install();
        return false;
      },
      Uninstall: (instance: Value = '') => {
        if (!this.#compiled) throw new Error('nothing was compiled');
        this.#uninstall(Number(/\d+$/.exec(textOf(instance))?.[0]));
        return null;
      },
    };
  }

  #install(): void {
    const { simulation } = this.#run;
    if (!simulation.halfInstalled) this.#run.change(() => (simulation.halfInstalled = true));
    this.#run.change(() => {
      simulation.halfInstalled = false;
      plugIn(simulation.state, { index: NEW_INDEX, name: 'Ethernet 2', loopback: true });
      simulation.state.addresses.push(newAddress(NEW_INDEX, '169.254.7.7', 16));
    });
  }

  #uninstall(index: number): void {
    const { adapters, interfaces, addresses, registrations } = this.#run.simulation.state;
    const others = (rows: { readonly index: number }[]): void => {
      rows.splice(0, rows.length, ...rows.filter((row) => row.index !== index));
    };
    this.#run.change(() => [adapters, interfaces, addresses, registrations].forEach(others));
  }
}
