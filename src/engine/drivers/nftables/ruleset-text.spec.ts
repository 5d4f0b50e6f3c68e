import { describe, expect, it } from 'vitest';
import { onDemandText, rulesetText } from './ruleset-text.js';

const text = rulesetText({ seed: 4711, devices: ['eth0', 'eth1'] });

describe('the rules', () => {
  it('seed every hash, for a hash without a seed gets a new one at every load', () => {
    const hashes = text.split('\n').filter((line) => line.includes('jhash'));
    expect(hashes.length).toBeGreaterThan(50);
    expect(hashes.filter((line) => !/jhash[^j]* seed 4711/.test(line))).toEqual([]);
  });

  it('update a flow in a rule of its own or as its last step, so that a full map stops no packet', () => {
    const updates = text.split('\n').filter((line) => line.includes('update @'));
    expect(updates.length).toBeGreaterThan(10);
    expect(updates.filter((line) => !line.endsWith('}'))).toEqual([]);
  });

  it('send out on every interface', () => {
    for (const device of ['eth0', 'eth1']) {
      expect(text).toContain(`fwd ip to meta mark map @backends4.${device} device "${device}"`);
      expect(text).toContain(`fwd ip6 to meta mark map @backends6.${device} device "${device}"`);
    }
  });

  it('have the short way of services that need it before all others, and none where nobody does', () => {
    const straight = 'straight4-maglev-64';
    const rules = (onDemand: readonly string[]) =>
      rulesetText({ seed: 4711, devices: ['eth0'], onDemand })
        .split('\n')
        .filter((line) => line.startsWith('add rule netdev homeward in '));
    expect(rules([straight])[1]).toContain('mod 64 seed 4711 offset 64 map @straight4 goto straight4');
    expect(rules([])[1]).toContain('map @flows4');
    expect(rules([straight])).toHaveLength(rules([]).length + 1);
  });

  it('of the entry chain are made anew when a short way is missing, and else are left alone', () => {
    const options = { seed: 4711, devices: ['eth0'], onDemand: ['straight4-maglev-64', 'masked4-24-16'] };
    expect(onDemandText(['masked4-24-16'], options)).not.toContain('homeward in');
    const text = onDemandText(['straight4-maglev-64'], options);
    expect(text).toContain('flush chain netdev homeward in\n');
    expect(text).toContain('@straight4');
    expect(text).toContain('@services4');
  });

  it('cannot be made without an interface', () => {
    expect(() => rulesetText({ seed: 1, devices: [] })).toThrow('without interfaces');
  });
});
