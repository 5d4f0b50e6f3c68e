import { describe, expect, it } from 'vitest';
import { describeFindings } from './describe-findings.js';
import type { HostFinding } from './diagnose-host.js';

const both = (words: string, ...commands: string[]) => ({ words, commands });

function finding(parts: Partial<HostFinding> = {}): HostFinding {
  return {
    code: 'not-listening',
    severity: 'no-traffic',
    title: 'Nothing listens on the VIP',
    seen: 'Nothing listens on 192.0.2.200 port 80.',
    why: 'The host refuses every connection.',
    fix: {
      place: 'real-server',
      linux: both('Start it.', 'ss --listening'),
      windows: both('Start it.', 'Get-NetTCPConnection'),
    },
    facts: {},
    concerns: ['192.0.2.200 tcp 80'],
    ...parts,
  };
}

describe('what a doctor says', () => {
  it('names each thing with what to do on this system', () => {
    const text = describeFindings([finding(), finding({ concerns: [] })], 3, 'windows');
    expect(text).toContain('Looked at 3 services');
    expect(text).toContain(
      [
        '1. Nothing listens on the VIP  [not-listening, no-traffic]',
        '   concerns: 192.0.2.200 tcp 80',
        '   seen: Nothing listens on 192.0.2.200 port 80.',
        '   why:  The host refuses every connection.',
        '   do:   Start it.',
        '         Get-NetTCPConnection',
        '',
        '2. Nothing listens on the VIP  [not-listening, no-traffic]',
        '   seen:',
      ].join('\n'),
    );
    expect(text).not.toContain('ss --listening');
  });

  it('says plainly that nothing was found, and what it cannot see', () => {
    const text = describeFindings([], 1, 'linux');
    expect(text).toContain('Nothing stands against traffic on this host, as far as it can be seen.');
    expect(text).toContain('GET /v1/virtual-services/{id}/real-servers/{realServerId}/diagnosis');
    expect(describeFindings([], 0, 'linux')).toContain('This host shall hold no VIP.');
  });
});
