/**
 * Runs one of the constant scripts. The script is an argument and never changes; whatever differs goes in as JSON, on
 * standard input, where nothing can become code.
 */
import { CommandFailed, type CommandRunner } from '../../../platform/command-runner.js';
import type { FirewallRule } from '../../../setup/windows/windows-steps.js';
import type { Family, InterfaceProperty } from '../../../setup/windows/windows-settings.js';
import { scriptText } from './scripts.js';

/** Windows PowerShell, which every Windows has; it is not on the path of a service on all of them. */
const PROGRAM = 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe';
/** No profile of a user's; no questions; and no policy that is about scripts in files, for this is none. */
const FLAGS = ['-NoLogo', '-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-Command'] as const;
/** The driver of an adapter takes its time on a slow host. */
const TIMEOUT_MS = 120_000;

export type ScriptCall =
  | {
      readonly script: 'observe' | 'observe-filters' | 'install-adapter';
      readonly request: Record<string, never>;
    }
  | { readonly script: 'uninstall-adapter'; readonly request: { readonly guid: string } }
  | { readonly script: 'rename-adapter'; readonly request: { readonly guid: string; readonly name: string } }
  | {
      readonly script: 'set-dns-registration';
      readonly request: { readonly guid: string; readonly value: number };
    }
  | {
      readonly script: 'set-interfaces';
      readonly request: {
        readonly changes: readonly {
          readonly guid: string;
          readonly family: Family;
          readonly property: InterfaceProperty;
          readonly value: number;
        }[];
      };
    }
  | {
      readonly script: 'add-addresses';
      readonly request: {
        readonly guid: string;
        readonly addresses: readonly { readonly address: string; readonly prefixLength: number }[];
      };
    }
  | {
      readonly script: 'remove-addresses';
      readonly request: {
        readonly guid: string;
        readonly addresses: readonly { readonly address: string }[];
      };
    }
  | {
      readonly script: 'set-doors';
      readonly request: { readonly close: readonly string[]; readonly open: readonly FirewallRule[] };
    };

export class PowerShell {
  /** `program`: what stands for powershell.exe, with arguments that go before its own. */
  constructor(
    private readonly commands: CommandRunner,
    private readonly program: readonly [string, ...string[]] = [PROGRAM],
  ) {}

  /** Resolves to what the script printed; rejects with its own words. */
  async run({ script, request }: ScriptCall): Promise<string> {
    const argv = [...this.program, ...FLAGS, scriptText(script)] as const;
    try {
      const input = `${asciiJson(request)}\n`;
      return await this.commands.run(argv, { input, timeoutMs: TIMEOUT_MS });
    } catch (error) {
      // The command line is the whole script, which explains nothing.
      if (!(error instanceof CommandFailed)) throw error;
      const end = `it ended with ${error.exitCode ?? 'a signal'}`;
      throw new Error(`PowerShell, ${script}: ${error.stderr.trim() || end}`, { cause: error });
    }
  }
}

/** The console's code page is anybody's guess; ASCII is the same in all of them. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
