/** A Windows host as it is, for a process that will set nothing up. */
import type { CommandRunner } from '../../../platform/command-runner.js';
import type { Examine } from '../../doctor/examined.js';
import { WindowsHost } from './windows-host.js';

export function windowsExaminer(commands: CommandRunner): Examine {
  const host = new WindowsHost(commands);
  return (vips) => {
    host.serve(new Map(vips.map(({ address, services }) => [address, services])));
    return host.observe();
  };
}
