/**
 * `homeward agent …`: what can be asked of a real server's agent, the same for the whole program and for the one file
 * that is installed on real servers. Each command loads what it needs when it is chosen.
 */
import { Command, InvalidArgumentError } from 'commander';

export function agentRole(): Command {
  const role = new Command('agent').description("hold this real server's VIPs, silently");
  role
    .command('run', { isDefault: true })
    .description('follow the control plane until stopped; what is meant when nothing is said')
    .option('--until-input-ends', 'end when standard input does, for a service manager without signals')
    .action(async (options: { untilInputEnds?: boolean }) =>
      (await import('./agent/commands/run-agent.js')).runAgent(options),
    );
  role
    .command('boot')
    .description('set up this host from what is on disk, before any network card is up, and end')
    .action(async () => (await import('./agent/commands/boot-agent.js')).bootAgent());
  role
    .command('join')
    .description('join the control plane with HOMEWARD_JOIN_TOKEN, and end')
    .action(async () => (await import('./agent/commands/join-agent.js')).joinAgent());
  role
    .command('verify')
    .description(
      'show what this host needs for its VIPs, as wanted and as found, and end; 1 where one is wrong',
    )
    .action(async () => (await import('./agent/commands/verify-agent.js')).verifyAgent());
  role
    .command('doctor')
    .description('say why traffic would not flow through this host, most likely cause first, and end')
    .option('--json', 'print it for programs')
    .addHelpText('after', '\nExit codes: 0 nothing found, 1 something found, 2 could not look.')
    .action(async (options: { json?: boolean }) =>
      (await import('./agent/commands/doctor-agent.js')).doctorAgent(options),
    );
  role
    .command('approve-release')
    .argument('[vips...]', 'VIPs that may leave this host')
    .description('let VIPs go although no change in the control plane says so (ReleaseRefused), and end')
    .option('--all', 'any VIP')
    .action(async (vips: string[], options: { all?: boolean }) =>
      (await import('./agent/commands/approve-release.js')).approveReleaseOfVips(vips, options),
    );
  role
    .command('accept-damage')
    .description('say that somebody removed what the agent no longer knows of (OwnChangesKnown), and end')
    .action(async () => (await import('./agent/commands/accept-damage.js')).acceptDamage());
  addLeaving(role);
  return role;
}

/** For the day on which the agent is taken off its host. */
function addLeaving(role: Command): void {
  role
    .command('leave')
    .description('have the directors let go of this host, which is to lose its agent; wait for it, and end')
    .option('--wait <seconds>', 'how long at most (default: 1800); then the agent stays', wholeSeconds)
    .option('--force', 'wait for some seconds, and leave in any case')
    .option('--withdraw', 'the agent stays after all')
    .action(async (options: { wait?: number; force?: boolean; withdraw?: boolean }) =>
      (await import('./agent/commands/leave-host.js')).leaveHost(options),
    );
  role
    .command('release')
    .description('let go of all VIPs, put back what was changed on this host, and end')
    .option('--force', 'also VIPs that directors may still send packets for, which nobody then answers')
    .action(async (options: { force?: boolean }) =>
      (await import('./agent/commands/release-agent.js')).releaseAgent(options),
    );
}

function wholeSeconds(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw new InvalidArgumentError('a whole number of seconds, from 1 to 999999.');
  return Number(text);
}
