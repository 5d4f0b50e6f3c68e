/** What a command of Windows was given, bound as PowerShell binds it: what fits no parameter set never gets to it. */
import { bindCall, parseSyntax, syntaxProblem } from '../command-syntax.js';
import { COMMON_PARAMETERS, POWERSHELL_4_COMMANDS } from '../powershell-4-commands.js';
import { ScriptError, type Command, type CommandCall } from './interpreter.js';
import { isScriptBlock, numberOf, textOf, type ScriptBlock, type Value } from './values.js';

const COMMON = parseSyntax(COMMON_PARAMETERS);

export class Given {
  constructor(
    private readonly values: ReadonlyMap<string, Value>,
    readonly input: readonly Value[] | undefined,
  ) {}

  has(name: string): boolean {
    return this.values.has(name);
  }

  value(name: string): Value {
    return this.values.get(name) ?? null;
  }

  text(name: string): string {
    return textOf(this.value(name));
  }

  number(name: string): number {
    return numberOf(this.value(name));
  }

  block(name: string): ScriptBlock {
    const value = this.value(name);
    if (!isScriptBlock(value)) throw new ScriptError(`${name} takes a script block.`);
    return value;
  }

  /** Whether what was asked for by these parameters is so. */
  asksFor(properties: Readonly<Record<string, Value>>): boolean {
    return Object.entries(properties).every(
      ([name, value]) => !this.has(name) || textOf(value).toLowerCase() === this.text(name).toLowerCase(),
    );
  }
}

/** A command as its table of parameter sets has it; to say nothing of errors is each command's to be asked for. */
export function boundCommand(run: (given: Given) => readonly Value[]): Command {
  return (call: CommandCall) => {
    const sets = POWERSHELL_4_COMMANDS[call.name] ?? [];
    const asked = { elements: call.elements, piped: call.input !== undefined };
    const bound = bindCall(asked, sets, COMMON);
    if (bound === undefined) throw new Error(`${call.name} ${syntaxProblem(asked, sets, COMMON)}`);
    const values = new Map([...bound].map(([name, { value }]) => [name, value]));
    const given = new Given(values, call.input);
    try {
      return [...run(given)];
    } catch (error) {
      if (error instanceof ScriptError && given.text('-ErrorAction') === 'SilentlyContinue') return [];
      throw error;
    }
  };
}
