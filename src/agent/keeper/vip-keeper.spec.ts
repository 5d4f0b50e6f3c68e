import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { documentOf, KeptHost } from './kept-host.fake.js';

const VIP = '192.0.2.200';
const OTHER = '192.0.2.201';

let kept: KeptHost;

beforeEach(async () => {
  kept = await KeptHost.open();
});
afterEach(() => kept.close());

describe('the keeper of VIPs', () => {
  it('looks at nothing but the VIP that a change names, however many others there are', async () => {
    const { host } = kept;
    await kept.hold(...Array.from({ length: 250 }, (_, index) => `198.18.0.${index}`));
    const before = host.observed;
    expect(await kept.put(VIP)).toEqual([]);
    expect(await kept.put(VIP, 2)).toEqual([]);
    expect(await kept.fact(VIP)).toMatchObject({ bound: true, silent: true });
    expect(await kept.drop(VIP)).toEqual([]);
    expect(await kept.fact(VIP)).toMatchObject({ bound: false, reason: 'Released' });
    expect(host.observed).toBe(before);
    expect(new Set(host.looked.flat())).toEqual(new Set([VIP]));
    expect(host.onLoopback.has('198.18.0.9')).toBe(true);
  });

  it('tells all VIPs that are affected when a change finds the host no longer silent', async () => {
    const { host } = kept;
    await kept.hold(OTHER);
    host.settings = { quiet: 0 };
    host.silentSettings = () => ({ quiet: 0 });
    const faults = await kept.put(VIP);
    expect(faults.map(({ key, reason }) => `${key} ${reason}`).sort()).toEqual([
      `${VIP} NotSilent`,
      `${OTHER} NotSilent`,
    ]);
    // The guard alone keeps what was there.
    expect([...host.onLoopback]).toEqual([OTHER]);
    expect(await kept.fact(OTHER)).toMatchObject({ bound: true, silent: false });
  });

  it('binds nothing on a host that cannot be guarded, says why, and takes nothing away', async () => {
    const { host } = kept;
    await kept.hold(OTHER);
    host.guardRefuses = true;
    expect(await kept.put(VIP)).toMatchObject([
      { key: VIP, reason: 'NotSilent', message: expect.stringContaining('nft: command not found') as string },
    ]);
    expect([...host.onLoopback]).toEqual([OTHER]);
    host.guardRefuses = false;
    expect(await kept.put(VIP)).toEqual([]);
    expect([...(host.covered ?? [])].sort()).toEqual([VIP, OTHER]);
  });

  it('covers a VIP before it is bound, and leaves nothing behind when the last one went', async () => {
    const { host } = kept;
    await kept.hold(VIP);
    await kept.put(OTHER);
    expect([...(host.covered ?? [])].sort()).toEqual([VIP, OTHER]);
    expect(host.kept).toEqual({ quiet: 1 });
    await kept.drop(OTHER);
    expect([...(host.covered ?? [])]).toEqual([VIP]);
    await kept.drop(VIP);
    expect(host.covered).toBeUndefined();
    expect(host.kept).toBeUndefined();
  });

  it('goes on holding a VIP whose document it never understood, and takes none on the strength of one', async () => {
    const { host } = kept;
    await kept.hold(VIP, OTHER);
    await kept.restart();
    const strange = [VIP, '192.0.2.202'].map((key) => ({ key, version: 2, revision: 2, body: null }));
    const documents = new Map([[OTHER, documentOf(OTHER)]]);
    await kept.keeper.reconcile(documents, 7, { strange, released: new Set() });
    expect([...host.onLoopback].sort()).toEqual([VIP, OTHER]);
    expect(await kept.fact(VIP)).toMatchObject({ bound: true, silent: true, reason: 'Held' });
    await kept.drop(VIP);
    expect([...host.onLoopback]).toEqual([OTHER]);
  });

  it('tells no more of a VIP that went, also where the pass that should have said so failed', async () => {
    const { host } = kept;
    host.gateways = [VIP];
    await kept.hold(VIP, OTHER);
    expect(await kept.fact(VIP)).toMatchObject({ reason: 'IsGateway' });
    host.broken = true;
    await expect(kept.hold(OTHER)).rejects.toThrow();
    host.broken = false;
    await kept.hold(OTHER);
    expect(await kept.fact(VIP)).toMatchObject({ bound: false, reason: 'Released' });
    kept.keeper.acknowledged();
    expect(await kept.fact(VIP)).toBeUndefined();
  });
});
