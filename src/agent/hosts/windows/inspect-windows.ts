/** Reads everything that a Windows host needs to hold VIPs, for people to compare. It changes nothing. */
import type { CommandRunner } from '../../../platform/command-runner.js';
import type { Inspect } from '../../verify/comparison.js';
import { compareWindows } from './compare-windows.js';
import { readObservation } from './observation.js';
import { PowerShell } from './powershell.js';

/** `program`: what stands for powershell.exe. */
export function windowsInspector(commands: CommandRunner, program?: readonly [string, ...string[]]): Inspect {
  const powershell = new PowerShell(commands, program);
  return async (vips) => {
    const answer = await powershell.run({ script: 'observe', request: {} });
    return compareWindows(readObservation(answer), vips);
  };
}
