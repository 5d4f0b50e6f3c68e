/** What a doctor found, as text for people who sit at the host. Pure. */
import { findingText } from '../../platform/finding-text.js';
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
  const said = findings.map((finding, index) => findingText({ ...finding, ...finding.fix[os] }, index + 1));
  const none =
    findings.length === 0 ? ['Nothing stands against traffic on this host, as far as it can be seen.'] : [];
  return `${[looked, ...none, ...said, ELSEWHERE].join('\n\n')}\n`;
}
