/**
 * The bombs of killed-agent.ts, which must be imported before all that they are planted in: modules bind to the
 * functions of node:fs as they find them.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';

const KILL_AT = Number(process.env['HOMEWARD_TEST_KILL_AT'] ?? 0);
/** All that were taken, in their order. */
export const steps: string[] = [];

plantInFiles();

/** Ends the process, where it is the one to be killed at. */
export function step(name: string): void {
  steps.push(name);
  if (steps.length === KILL_AT) process.kill(process.pid, 'SIGKILL');
}

/** Whether the next step is that one. */
export function killsNext(): boolean {
  return steps.length + 1 === KILL_AT;
}

function plantInFiles(): void {
  const { fdatasync, writeSync } = fs;
  const { rename, rm, writeFile } = fs.promises;
  Object.assign(fs, {
    fdatasync: (file: number, done: fs.NoParamCallback) => {
      step('sync a journal');
      fdatasync(file, done);
    },
    writeSync: (file: number, bytes: Buffer, ...rest: number[]) => {
      if (killsNext()) writeSync(file, bytes.subarray(0, bytes.length / 2));
      step('half a line of a journal');
      return writeSync(file, bytes, ...rest);
    },
  });
  fs.promises.rename = (from, to) => {
    step(`rename ${basename(String(to))}`);
    return rename(from, to);
  };
  fs.promises.rm = (path, options) => {
    if (!String(path).endsWith('.tmp')) step(`remove ${basename(String(path))}`);
    return rm(path, options);
  };
  fs.promises.writeFile = (path, data, options) => {
    if (String(path).startsWith('/proc/sys/')) step(`write ${String(path)}`);
    return writeFile(path, data, options);
  };
  syncBuiltinESMExports();
}
