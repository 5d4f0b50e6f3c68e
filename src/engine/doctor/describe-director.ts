/** What a director's doctor found, as text for people who sit at the host. Pure. */
import { findingText } from '../../platform/finding-text.js';
import type { DirectorFinding } from './director-finding.js';
import type { ExaminedDirector } from './examined-director.js';

const ELSEWHERE =
  'A director does not see what clients and real servers do. For one real server ask the control plane:\n' +
  'GET /v1/virtual-services/{id}/real-servers/{realServerId}/diagnosis';

export function describeDirector(examined: ExaminedDirector, findings: readonly DirectorFinding[]): string {
  const none =
    findings.length === 0
      ? ['Nothing stands against traffic on this director, as far as it can be seen.']
      : [];
  const said = findings.map((finding, index) => findingText(finding, index + 1));
  return `${[lookedAt(examined), ...none, ...said, ELSEWHERE].join('\n\n')}\n`;
}

function lookedAt({ kernel, programs, services, told, toldAt, ground }: ExaminedDirector): string {
  const versions = programs.map(({ name, version }) => `${name}: ${version ?? 'cannot be used'}`);
  const where =
    'problem' in ground
      ? []
      : [`VIPs on ${ground.vipDevice}, packets taken from ${ground.devices.join(', ')}.`];
  return [
    `Looked at ${services.length} services, as the engine was last told (revision ${told?.revision ?? 'none'}, at ${toldAt ?? 'no known time'}).`,
    ...where,
    `Linux ${kernel}; ${versions.join('; ')}.`,
  ].join('\n');
}
