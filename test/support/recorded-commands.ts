/** Runs an engine's commands on a host, and remembers them; a test can make some fail. */
import { CommandFailed, type CommandOptions, type CommandRunner } from '../../src/platform/command-runner.js';
import type { Host } from './namespaces.js';

/** A command that was run, with its standard input. */
export interface RunCommand {
  readonly argv: readonly string[];
  readonly input: string;
}

export class RecordedCommands implements CommandRunner {
  /** Tests empty it. */
  readonly commands: RunCommand[] = [];
  /** Commands that fail; as though they had been killed, unless it names an exit code. */
  sabotage: ((command: RunCommand) => boolean | number) | undefined;

  constructor(private readonly host: Host) {}

  /** Texts that were given to nft. */
  get transactions(): readonly string[] {
    return this.commands.flatMap(({ argv, input }) => (argv.includes('-f') ? [input] : []));
  }

  run(argv: readonly [string, ...string[]], options: CommandOptions = {}): Promise<string> {
    const { input = '' } = options;
    const text = typeof input === 'string' ? input : [...input].join('');
    const command = { argv, input: text };
    this.commands.push(command);
    const failure = this.sabotage?.(command) ?? false;
    if (failure === false) return this.host.exec(argv, { ...options, input: text });
    return Promise.reject(new CommandFailed(argv, failure === true ? null : failure, 'sabotaged'));
  }
}
