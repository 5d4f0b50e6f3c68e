/**
 * What would be done on a real server's host for a change of its VIPs, before anybody makes the change: by the plan that the
 * agent follows, and by the steps of the scripts for hosts without one. Whether a host runs Linux or Windows only the host
 * knows, so both are told. Pure.
 */
import { isIpv6 } from '../../contract/canonical-address.js';
import { bodyDecoder } from '../../contract/decode-documents.js';
import type { VipDocument } from '../../contract/documents.js';
import { agentCommands } from '../linux/agent-commands.js';
import { linuxSteps, vipSteps } from '../linux/linux-steps.js';
import { readableShellStep } from '../linux/readable-shell.js';
import { readableStep } from '../windows/readable-powershell.js';
import { HOST_STEPS, windowsSteps } from '../windows/windows-steps.js';
import { planVips, type Step } from './plan-vips.js';
import { UNRESTRAINED } from './restraint.js';
import type { SeenHost } from './seen-host.js';

/** So many VIPs of a host are told of at most. */
export const MOST_VIPS_TOLD = 50;

/** A VIP of the host. Null: the host shall not hold it. Not both are. */
export interface VipOnItsWay {
  readonly before: VipDocument | null;
  readonly after: VipDocument | null;
}

export interface HostFacts {
  /** Without an agent somebody has to run the scripts. */
  readonly hasAgent: boolean;
  /** VIPs that it holds and goes on to hold. */
  readonly others: readonly string[];
}

export interface ForetoldHost {
  /** For a shell. */
  readonly linux: readonly string[];
  /** For PowerShell; the functions are those of the set-up script, and of the agent. */
  readonly windows: readonly string[];
  /** VIPs that are not told of. */
  readonly leftOut: number;
}

/** Throws where a document is not what the contract promises. */
export function foretellHost(changes: readonly VipOnItsWay[], host: HostFacts): ForetoldHost {
  const told = changes.slice(0, MOST_VIPS_TOLD);
  for (const { before, after } of told) for (const body of [before, after]) if (body !== null) insist(body);
  return {
    linux: host.hasAgent ? agentCommands(agentSteps(told, host)) : shellSteps(told, host),
    windows: windowsCommands(told, host),
    leftOut: changes.length - told.length,
  };
}

function insist(body: VipDocument): void {
  const decoded = bodyDecoder('agent')(body);
  if (!decoded.ok) throw new Error(`there are no commands for this: ${decoded.problem}`);
}

/** Of a host that is as its agent left it. */
function agentSteps(changes: readonly VipOnItsWay[], { others }: HostFacts): readonly Step[] {
  const held = [...others, ...addressesOf(changes, 'before')];
  const wanted = addressesOf(changes, 'after');
  const left = [...others, ...wanted];
  const gone = addressesOf(changes, 'before').filter((address) => !wanted.includes(address));
  return planVips({
    wanted: new Set(wanted),
    gone,
    awaited: [],
    silenceNeeded: hasIpv4(left),
    guardNeeded: left.length > 0,
    view: hostHolding(held),
    ours: new Set(held),
    borrowed: new Set(),
    settingsChanged: hasIpv4(held),
    failed: new Set(),
    restraint: UNRESTRAINED,
  });
}

function hostHolding(held: readonly string[]): SeenHost {
  const addresses = held.map((address) => ({ address, prefixLength: isIpv6(address) ? 128 : 32 }));
  const silent = hasIpv4(held);
  const guarded = held.length > 0;
  return {
    interfaces: [{ name: 'lo', loopback: true, mac: null, up: true, mtu: 65_536, addresses }],
    gateways: [],
    silence: { inForce: silent, kept: silent },
    guard: { standing: guarded, inForce: guarded, addresses: new Set(held) },
  };
}

/** As the set-up script would do it. */
function shellSteps(changes: readonly VipOnItsWay[], { others }: HostFacts): readonly string[] {
  return changes.flatMap(({ before, after }) => {
    if (before === null && after !== null) {
      const steps = hasIpv4(others) ? vipSteps(after.address) : linuxSteps(after);
      return steps.map((step) => readableShellStep(step, 'apply'));
    }
    if (before === null || after !== null) return [];
    const undone = (hasIpv4(others) ? vipSteps(before.address) : linuxSteps(before)).filter(
      ({ kind }) => kind !== 'cards',
    );
    return undone.toReversed().map((step) => readableShellStep(step, 'undo'));
  });
}

/** Steps that are in both stay as they are. */
function windowsCommands(changes: readonly VipOnItsWay[], { others }: HostFacts): readonly string[] {
  const own = (body: VipDocument | null) =>
    body === null ? [] : windowsSteps(body).slice(HOST_STEPS.length);
  const lines = changes.flatMap(({ before, after }) => {
    const [old, next] = [own(before), own(after)];
    const names = (steps: typeof old) => new Set(steps.map(({ name }) => name));
    const gone = old.filter(({ name }) => !names(next).has(name)).toReversed();
    const come = next.filter(({ name }) => !names(old).has(name));
    return [
      ...gone.map((step) => readableStep(step, 'undo')),
      ...come.map((step) => readableStep(step, 'apply')),
    ];
  });
  const isFirst = others.length === 0 && addressesOf(changes, 'before').length === 0;
  const isLast = others.length === 0 && addressesOf(changes, 'after').length === 0;
  return [
    ...(isFirst ? HOST_STEPS.map((step) => readableStep(step, 'apply')) : []),
    ...lines,
    ...(isLast ? HOST_STEPS.toReversed().map((step) => readableStep(step, 'undo')) : []),
  ];
}

function addressesOf(changes: readonly VipOnItsWay[], side: keyof VipOnItsWay): readonly string[] {
  return changes.flatMap((change) => change[side]?.address ?? []);
}

function hasIpv4(addresses: readonly string[]): boolean {
  return addresses.some((address) => !isIpv6(address));
}
