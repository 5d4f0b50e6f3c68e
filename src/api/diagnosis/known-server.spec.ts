import { describe, expect, it } from 'vitest';
import { HEALTH_CHECK_DEFAULTS } from '../../domain/health-check.js';
import { forwardedService, host, provedServer } from '../../domain/sample-observation.fake.js';
import { sampleServer, sampleService } from '../../domain/sample-service.fake.js';
import { knownServer, type Seen } from './known-server.js';

function seen(parts: Partial<Seen> = {}): Seen {
  return {
    service: sampleService(),
    server: sampleServer(),
    observation: provedServer(),
    onDirectors: forwardedService(),
    strangers: [],
    neighbours: [],
    troubles: new Map(),
    violations: [],
    ...parts,
  };
}

const BLIND = {
  type: 'HostLookedOver',
  status: 'False',
  reason: 'CannotLook',
  message: '',
  since: null,
} as const;
const observation = provedServer({ host: host({ conditions: [BLIND] }) });

describe('what is known of a real server', () => {
  it('holds what its agent says of the host as a whole', () => {
    expect(knownServer(seen({ observation })).verdicts.get('HostLookedOver')).toMatchObject({
      status: 'False',
    });
  });

  it('holds nothing of an agent that decides nothing about it yet', () => {
    const server = sampleServer({ managed: false });
    expect(knownServer(seen({ observation, server })).verdicts.has('HostLookedOver')).toBe(false);
  });

  it('tells by what the health check asks for a page', () => {
    expect(knownServer(seen()).service.page).toBeNull();
    const healthCheck = { ...HEALTH_CHECK_DEFAULTS.http, type: 'https' } as const;
    expect(knownServer(seen({ service: sampleService({ healthCheck }) })).service.page).toBe('https');
  });

  it('tells what ails a director at that director alone', () => {
    const troubles = new Map([['lb-1', [{ reason: 'CannotAnnounce', message: 'no perl' }]]]);
    expect(knownServer(seen({ troubles })).directors).toMatchObject([{ name: 'lb-1', troubles: [{}] }]);
    expect(knownServer(seen()).directors).toMatchObject([{ name: 'lb-1', troubles: [] }]);
  });
});
