import { describe, expect, it } from 'vitest';
import { quietSurroundings, sampleService, withServers } from '../sample-service.fake.js';
import type { VirtualService } from '../virtual-service.js';
import { brokenRules } from './all-rules.js';
import { amongEachOther } from './among-each-other.js';

type Parts = Parameters<typeof sampleService>[0];

/** Codes and fields of what is broken, for each of these new services. */
function broken(...parts: Parts[]): string[][] {
  const services = parts.map((each, index) => sampleService({ id: `s${index}`, name: '', ...each }));
  const surroundings = amongEachOther(
    services,
    services.map(() => quietSurroundings()),
  );
  return services.map((after, index) => codes(after, surroundings[index] ?? quietSurroundings()));
}

function codes(after: VirtualService, surroundings: ReturnType<typeof quietSurroundings>): string[] {
  return brokenRules({ before: null, after, surroundings }).map(({ code, field }) => `${code} ${field}`);
}

describe('services of one change', () => {
  it('have nothing against each other that do not meet', () => {
    expect(broken({}, { port: 81 }, { address: '192.0.2.201' }, { protocol: 'udp' })).toEqual([
      [],
      [],
      [],
      [],
    ]);
  });

  it('break the rules that two of them break only together', () => {
    const overlap = ['virtual-service-overlaps /port'];
    expect(broken({ port: 80, endPort: 90 }, { port: 85 }, { port: 91 })).toEqual([overlap, overlap, []]);
    const host = withServers({ address: '192.0.2.200' });
    expect(broken({}, { address: '192.0.2.201', ...host })).toEqual([
      ['real-server-is-the-vip /address'],
      ['real-server-is-the-vip /realServers/0/address'],
    ]);
  });

  it('are each told of one that overlaps, however many do and in whatever order', () => {
    const range = { port: 10, endPort: 20 };
    const overlap = ['virtual-service-overlaps /port'];
    expect(broken({ port: 18 }, { port: 21 }, range, { port: 12 }, { port: 20, endPort: 30 })).toEqual(
      Array.from({ length: 5 }, () => overlap),
    );
    expect(broken(range, { port: 12, endPort: 13 }, { port: 14 }, { port: 21 })).toEqual([
      overlap,
      overlap,
      overlap,
      [],
    ]);
  });

  it.each([
    ['that are one and the same', () => 80],
    ['in the order of their ports', (index: number) => index + 1],
    ['against it', (index: number) => 6_000 - index],
  ])('are not looked at in pairs where there are thousands %s', (_which, port) => {
    let looks = 0;
    const services = Array.from({ length: 5_000 }, (_, index) => {
      const one = sampleService({ id: `s${index}`, address: '192.0.2.200' });
      const look = () => {
        looks += 1;
        return port(index);
      };
      return Object.defineProperty({ ...one }, 'port', { get: look });
    });
    amongEachOther(
      services,
      services.map(() => quietSurroundings()),
    );
    // A hundred for each; in pairs there would be 25 million.
    expect(looks).toBeGreaterThan(0);
    expect(looks).toBeLessThan(500_000);
  });

  it('are told of by their names', () => {
    const [first] = amongEachOther(
      [
        sampleService({ id: 'a' }),
        sampleService({ id: 'b', name: 'mail', ...withServers({ address: '192.0.2.200' }) }),
      ],
      [quietSurroundings(), quietSurroundings()],
    );
    expect(first?.otherRealServers).toEqual([
      { address: '192.0.2.200', description: 'a real server of mail' },
    ]);
  });
});
