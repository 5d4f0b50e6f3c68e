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

  it('are as many as a configuration may have, and still looked through in no time', () => {
    const all = (port: (index: number) => number) =>
      Array.from({ length: 5_000 }, (_, index) => ({ address: '192.0.2.200', port: port(index) }));
    const start = performance.now();
    expect(broken(...all(() => 80)).every((codesOfOne) => codesOfOne.length === 1)).toBe(true);
    expect(broken(...all((index) => index + 1)).flat()).toEqual([]);
    expect(performance.now() - start).toBeLessThan(1_000);
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
