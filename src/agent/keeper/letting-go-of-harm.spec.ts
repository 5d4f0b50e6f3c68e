import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HostPass } from './host-pass.js';
import { KeptHost } from './kept-host.fake.js';

const VIP = '192.0.2.200';
const OTHER = '192.0.2.201';
const OWN = '192.0.2.11';

let kept: KeptHost;

beforeEach(async () => {
  kept = await KeptHost.open();
});
afterEach(() => kept.close());

describe('a VIP that turns out to be the only address of a network card', () => {
  beforeEach(() => {
    kept.host.onCard.clear();
  });

  it.each([[[OWN]], [[OWN, OTHER]]])('leaves lo and the guard, and is refused (of %j)', async (held) => {
    await kept.hold(...held);
    kept.host.onCard.add(OWN);
    await kept.keeper.look();
    const others = held.filter((address) => address !== OWN);
    expect([...kept.host.onLoopback]).toEqual(others);
    expect([...(kept.host.covered ?? [])]).toEqual(others);
    expect(await kept.fact(OWN)).toMatchObject({ bound: false, reason: 'OwnAddress' });
  });

  it('does so at a change of its own as well', async () => {
    await kept.hold(OWN, OTHER);
    kept.host.onCard.add(OWN);
    expect(await kept.put(OWN, 2)).toMatchObject([{ key: OWN, reason: 'OwnAddress' }]);
    expect([...(kept.host.covered ?? [])]).toEqual([OTHER]);
  });

  it('is not held again when the card gets another address, nor after a restart', async () => {
    await kept.hold(OWN, OTHER);
    kept.host.onCard.add(OWN);
    await kept.keeper.look();
    kept.host.onCard.add('192.0.2.12');
    await kept.keeper.look();
    await kept.restart();
    await kept.hold(OWN, OTHER);
    expect([...kept.host.onLoopback]).toEqual([OTHER]);
    expect([...(kept.host.covered ?? [])]).toEqual([OTHER]);
  });

  it('stays with the operator who put it on lo, but not in the guard', async () => {
    kept.host.onLoopback.add(OWN);
    await kept.hold(OWN);
    expect([...(kept.host.covered ?? [])]).toEqual([OWN]);
    kept.host.onCard.add(OWN);
    await kept.keeper.look();
    expect([...kept.host.onLoopback]).toEqual([OWN]);
    expect(kept.host.covered).toBeUndefined();
  });

  it('does so also where the guard stays for others', async () => {
    kept.host.onLoopback.add(OWN);
    await kept.hold(OWN, OTHER);
    kept.host.onCard.add(OWN);
    await kept.keeper.look();
    expect([...kept.host.onLoopback].sort()).toEqual([OWN, OTHER]);
    expect([...(kept.host.covered ?? [])]).toEqual([OTHER]);
  });
});

describe('a VIP that somebody puts beside the address of a network card', () => {
  it('stays covered, for the host is reached by the other one', async () => {
    await kept.hold(VIP);
    kept.host.onCard.add(VIP);
    await kept.keeper.look();
    expect([...(kept.host.covered ?? [])]).toEqual([VIP]);
    expect(await kept.fact(VIP)).toMatchObject({ bound: false, reason: 'OwnAddress' });
  });
});

describe('a VIP that turns out to be the gateway', () => {
  it('leaves lo and the guard, and is not shown as held', async () => {
    await kept.hold(VIP, OTHER);
    kept.host.gateways = [VIP];
    await kept.keeper.look();
    expect([...kept.host.onLoopback]).toEqual([OTHER]);
    expect([...(kept.host.covered ?? [])]).toEqual([OTHER]);
    expect(await kept.fact(VIP)).toMatchObject({ bound: false, reason: 'IsGateway' });
    expect((await kept.drift()).total).toBe(0);
  });

  it('is not forgotten while it cannot be taken off, whatever else moves', async () => {
    await kept.hold(VIP, OTHER);
    kept.host.gateways = [VIP];
    kept.host.sticky.add(VIP);
    await kept.keeper.look();
    await kept.put(OTHER, 2);
    kept.host.sticky.clear();
    await kept.keeper.look();
    expect([...kept.host.onLoopback]).toEqual([OTHER]);
  });

  it('is not shown as held where an operator has it on lo either', async () => {
    kept.host.onLoopback.add(VIP);
    kept.host.gateways = [VIP];
    expect(await kept.hold(VIP, OTHER)).toMatchObject([{ key: VIP, reason: 'IsGateway' }]);
    expect(await kept.fact(VIP)).toMatchObject({ bound: false, reason: 'IsGateway' });
    expect([...kept.host.onLoopback].sort()).toEqual([VIP, OTHER]);
  });
});

describe('a VIP that is refused', () => {
  it('costs no more than a look, as long as nothing moves', async () => {
    kept.host.gateways = [VIP];
    await kept.hold(VIP, OTHER);
    await kept.keeper.look();
    const passes = vi.spyOn(HostPass.prototype, 'run');
    for (let look = 0; look < 3; look++) await kept.keeper.look();
    expect(passes).not.toHaveBeenCalled();
    kept.host.gateways = [];
    await kept.keeper.look();
    expect(kept.host.onLoopback.has(VIP)).toBe(true);
    expect(passes).toHaveBeenCalled();
    passes.mockRestore();
  });
});
