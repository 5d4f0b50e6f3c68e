/** `homeward ctl` as a process of its own, as it was built. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

export interface CtlEnded {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CtlSettings {
  readonly apiUrl: string;
  readonly token: string;
}

/** @param input what stands on its standard input. */
export async function runCtl(
  { apiUrl, token }: CtlSettings,
  args: readonly string[],
  input = '',
): Promise<CtlEnded> {
  const child = spawn(process.execPath, [...CTL, ...args], {
    env: environment({ apiUrl, token }),
    stdio: 'pipe',
  });
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: child.exitCode, stdout, stderr };
}

/** @param ending what follows it in a shell's line, as ` > /dev/full`. */
export async function runCtlInShell(settings: CtlSettings, args: string, ending: string): Promise<CtlEnded> {
  const line = `set -o pipefail; "$0" ${CTL.join(' ')} ${args}${ending}`;
  const child = spawn('bash', ['--norc', '-c', line, process.execPath], {
    env: environment(settings),
    stdio: 'pipe',
  });
  child.stdin.end();
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: child.exitCode, stdout, stderr };
}

const CTL = ['dist/src/main.js', 'ctl'];

function environment({ apiUrl, token }: CtlSettings): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    NODE_COMPILE_CACHE: 'dist/test/compile-cache',
    HOMEWARD_API_URL: apiUrl,
    HOMEWARD_TOKEN: token,
  };
}
