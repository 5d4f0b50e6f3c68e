import { expect, it } from 'vitest';
import type { Document } from '../../contract/documents.js';
import { HeldDocuments, type HeldHead } from './held-documents.js';

const HEAD: HeldHead = {
  cluster: '3f0c1c9e-3a0e-4f5e-9a3c-1d2e3f4a5b6c',
  epoch: 1,
  version: 1,
  revision: 1,
  seed: 7,
  digest: '0'.repeat(64),
};
const gone = (key: string): Document => ({ key, version: 1, revision: 1, body: null });

it('what leaves without a word is remembered, but for services that reached nobody', () => {
  const place = { address: '192.0.2.200', protocol: 'tcp', port: 80, endPort: 80 } as const;
  const service = (number: number, weight: number): Document => {
    const servers = [{ number: 1, address: '192.0.2.11', weight }];
    const body = { kind: 'service', number, ...place, scheduler: 'maglev', slots: 1, servers } as const;
    return { key: `s${number}`, version: 1, revision: 1, body };
  };
  const held = new HeldDocuments();
  held.take(HEAD, [service(1, 1), service(2, 0)]);
  held.take(HEAD, [gone('192.0.2.200'), gone('s1'), gone('s2')]);
  expect([...held.lapsed.keys()]).toEqual(['192.0.2.200', 's1']);
});

it('of what operators released the last ten thousand are remembered', () => {
  const held = new HeldDocuments();
  const vips = Array.from({ length: 10_001 }, (_, index) => `198.18.${index >> 8}.${index & 255}`);
  held.take(
    HEAD,
    vips.map((vip) => ({ ...gone(vip), approval: 1 })),
  );
  expect(held.released.size).toBe(10_000);
  expect([held.released.has(vips[0] ?? ''), held.released.has(vips[1] ?? '')]).toEqual([false, true]);
});

it('what left without a word in one installation does not count in another', () => {
  const held = new HeldDocuments();
  held.take(HEAD, [gone('192.0.2.200')]);
  held.take({ ...HEAD, cluster: '00000000-0000-4000-8000-000000000002' }, []);
  expect(held.lapsed.size).toBe(0);
});
