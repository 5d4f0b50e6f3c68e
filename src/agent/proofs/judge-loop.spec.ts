import { describe, expect, it } from 'vitest';
import { judgeLoop } from './judge-loop.js';

const VIP = '192.0.2.200';
const NEITHER = { ipv4: false, ipv6: false };
const STOP = 'Stop it';

describe('a host', () => {
  it.each([
    ['that forwards nothing', NEITHER, [VIP], 'True', 'NotForwarding'],
    ['that forwards and holds all', { ipv4: true, ipv6: true }, [], 'True', 'AllHeld'],
    ['that forwards and lacks a VIP', { ipv4: true, ipv6: false }, [VIP], 'False', 'WouldLoop'],
    ['that forwards the other family', { ipv4: false, ipv6: true }, [VIP], 'True', 'AllHeld'],
    [
      'that forwards and lacks an IPv6 VIP',
      { ipv4: false, ipv6: true },
      ['2001:db8::200'],
      'False',
      'WouldLoop',
    ],
    ['of which nothing was read', null, [VIP], 'Unknown', 'NotRead'],
  ] as const)('%s', (_, forwarding, unbound, status, reason) => {
    const read = forwarding === null ? null : { ...forwarding, stop: STOP };
    const said = judgeLoop(read, unbound);
    expect(said).toMatchObject({ type: 'NotARouterLoop', status, reason });
    expect(said.message.includes(`${STOP}, or mend`)).toBe(status === 'False');
  });
});
