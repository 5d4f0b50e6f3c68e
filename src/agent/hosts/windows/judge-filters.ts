/**
 * Says whether Windows Firewall lets packets of a service in: by what the policies together make of its profiles, by the
 * rules that block, which win over all others, and by whether the agent's own rule is in force. What other programs
 * filter beside it is not seen. `True` and `False` are said only of what holds in every profile; all else is `Unknown`.
 * Pure.
 */
import type { ReportedVerdict } from '../../../contract/report.js';
import { someOf } from '../../../platform/some-of.js';
import { firewallRule } from '../../../setup/windows/windows-steps.js';
import type { GuardedService } from '../../proofs/host-readings.js';
import { blockReach } from './block-reach.js';
import type { ObservedFilters, ObservedProfile } from './filters.js';

export function judgeFilters(
  { vip, ...service }: GuardedService,
  { profiles, doors, blocks, more }: ObservedFilters,
): ReportedVerdict {
  const byProfile = judgeProfiles(profiles);
  if (byProfile !== undefined) return byProfile;
  const reaches = blocks.map((block) => ({ block, reach: blockReach(block, vip, service) }));
  const whole = reaches.find(({ reach }) => reach === 'all');
  if (whole !== undefined) {
    return dropped(
      `The rule ${whole.block.name} of Windows Firewall blocks it, and wins over rules that let it in.`,
    );
  }
  const some = reaches.filter(({ reach }) => reach === 'some').map(({ block }) => block.name);
  if (some.length > 0) return unknown('DependsOnMore', `Windows Firewall may block it by ${someOf(some)}.`);
  if (more) return unknown('DependsOnMore', 'Windows Firewall has more rules that block than are looked at.');
  return judgeDoor(firewallRule(vip, service).name, profiles, doors);
}

/** Undefined: it is for the rules to say. */
function judgeProfiles(profiles: readonly ObservedProfile[]): ReportedVerdict | undefined {
  if (profiles.length === 0) return unknown('NotReadable', 'Windows Firewall tells of no profile.');
  if (profiles.every(isOff))
    return { status: 'True', reason: 'NoRules', message: 'Windows Firewall is off in every profile.' };
  const shut = profiles.filter(isShut);
  if (shut.length === 0) return undefined;
  const where = someOf(shut.map(({ name }) => name));
  const message = `In the profile ${where} Windows Firewall lets nothing in, whatever the rules are (AllowInboundRules).`;
  return shut.length === profiles.length ? dropped(message) : unknown('DependsOnMore', message);
}

function judgeDoor(
  name: string,
  profiles: readonly ObservedProfile[],
  doors: readonly string[],
): ReportedVerdict {
  const deaf = profiles.filter((profile) => !isOff(profile) && !isSo(profile.allowLocal));
  if (deaf.length > 0) {
    const where = someOf(deaf.map((profile) => profile.name));
    return unknown(
      'LocalRulesIgnored',
      `A group policy has the profile ${where} ignore the rules of this host (AllowLocalFirewallRules), and with them the agent's. Have the policy let the service in.`,
    );
  }
  if (doors.includes(name)) {
    return {
      status: 'True',
      reason: 'Accepted',
      message: `Windows Firewall lets it in by the rule ${name}.`,
    };
  }
  return unknown(
    'RuleNotInForce',
    `The rule ${name} of Windows Firewall, which lets it in, is not in force.`,
  );
}

function isOff({ enabled }: ObservedProfile): boolean {
  return !isSo(enabled);
}

function isShut(profile: ObservedProfile): boolean {
  return !isOff(profile) && !isSo(profile.allowInbound) && !['Allow', '2'].includes(profile.defaultInbound);
}

/** What no policy speaks of is as Windows comes: on, and with rules that count. */
function isSo(word: string): boolean {
  return word !== 'False' && word !== '0';
}

function dropped(message: string): ReportedVerdict {
  return { status: 'False', reason: 'Dropped', message };
}

function unknown(reason: string, message: string): ReportedVerdict {
  return { status: 'Unknown', reason, message };
}
