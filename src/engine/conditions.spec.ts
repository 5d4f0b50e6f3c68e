import { describe, expect, it } from 'vitest';
import { vipsAnnounced, vipsHeld } from './conditions.js';

const HELD = { missing: [], remade: [], asked: [], owned: [] };

describe('VipsAnnounced', () => {
  it('is unknown while VIPs wait, and true when none does', () => {
    expect(vipsAnnounced({ pending: 3, troubles: [] })).toMatchObject({
      status: 'Unknown',
      message: expect.stringContaining('3 VIPs'),
    });
    expect(vipsAnnounced({ pending: 0, troubles: [] }).status).toBe('True');
  });

  it('is false for any trouble, and tells all of them', () => {
    expect(vipsAnnounced({ pending: 3, troubles: ['No ARP.', 'No settings.'] })).toMatchObject({
      status: 'False',
      message: 'No ARP. No settings.',
    });
  });
});

describe('VipsHeld', () => {
  it('is true when nothing is missing', () => {
    expect(vipsHeld(HELD)).toMatchObject({ status: 'True', reason: 'Held' });
  });

  it('names some of very many that are missing', () => {
    const missing = Array.from({ length: 10_000 }, (_, index) => `2001:db8::${index.toString(16)}`);
    const { status, reason, message } = vipsHeld({ ...HELD, missing });
    expect({ status, reason }).toEqual({ status: 'False', reason: 'VipsMissing' });
    expect(message).toContain('2001:db8::0, 2001:db8::1');
    expect(message).toContain('and 9997 more');
    expect(message.length).toBeLessThan(300);
  });

  it('tells of an interface that was made anew', () => {
    expect(vipsHeld({ ...HELD, remade: ['eth0'] })).toMatchObject({
      status: 'False',
      reason: 'InterfaceRemade',
      message: 'Made anew or gone: eth0. This is being repaired.',
    });
  });
});
