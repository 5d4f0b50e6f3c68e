/** What a doctor found, as text for people who sit at the host. Pure. */
import { someOf } from '../../platform/some-of.js';
import type { HostFinding } from './diagnose-host.js';

export type DoctorOs = 'linux' | 'windows';

const ELSEWHERE =
  'A host does not see directors, nor what is disabled or has weight 0. For these ask the control plane:\n' +
  'GET /v1/virtual-services/{id}/real-servers/{realServerId}/diagnosis';

/** `services`: how many were looked at. */
export function describeFindings(findings: readonly HostFinding[], services: number, os: DoctorOs): string {
  const looked =
    services === 0
      ? 'This host shall hold no VIP.'
      : `Looked at ${services} services, as the agent was last told.`;
  const said = findings.map((finding, index) => describe(finding, index + 1, os));
  const none =
    findings.length === 0 ? ['Nothing stands against traffic on this host, as far as it can be seen.'] : [];
  return `${[looked, ...none, ...said, ELSEWHERE].join('\n\n')}\n`;
}

function describe(
  { title, code, severity, concerns, seen, why, fix }: HostFinding,
  place: number,
  os: DoctorOs,
) {
  const { words, commands } = fix[os];
  const whom = concerns.length === 0 ? [] : [`   concerns: ${someOf(concerns)}`];
  return [
    `${place}. ${title}  [${code}, ${severity}]`,
    ...whom,
    `   seen: ${seen}`,
    `   why:  ${why}`,
    `   do:   ${words}`,
    ...commands.map((command) => `         ${command}`),
  ].join('\n');
}
