import { describe, expect, it } from 'vitest';
import { onDemandText, rulesetText } from './ruleset-text.js';

const MADE = ['maglev4-16', 'source-hash6-4096', 'masked4-24-16', 'source6-64-300', 'round-robin4-1-16'];
const text = rulesetText({ seed: 4711, devices: ['eth0', 'eth1'], onDemand: MADE });

function entryRules(devices: readonly string[], onDemand: readonly string[] = []): readonly string[] {
  const lines = rulesetText({ seed: 4711, devices, onDemand }).split('\n');
  return lines.flatMap((line) => line.split('add rule netdev homeward in ')[1] ?? []);
}

describe('the rules', () => {
  it('seed every hash, for a hash without a seed gets a new one at every load', () => {
    const hashes = text.split('\n').filter((line) => line.includes('jhash'));
    expect(hashes.length).toBeGreaterThan(40);
    expect(hashes.filter((line) => !/jhash[^j]* seed 4711/.test(line))).toEqual([]);
  });

  it('update a flow in a rule of its own or as its last step, so that a full map stops no packet', () => {
    const updates = text.split('\n').filter((line) => line.includes('update @'));
    expect(updates.length).toBeGreaterThan(10);
    // The rules of the entry chain do all at once; where one ends early, others do the same in steps.
    expect(updates.filter((line) => !line.endsWith('}') && !line.includes('homeward in '))).toEqual([]);
  });

  it('look slots up only in the ways that services choose them, for each such rule costs every slot that comes', () => {
    const lookups = (onDemand: readonly string[]) =>
      rulesetText({ seed: 4711, devices: ['eth0'], onDemand })
        .split('\n')
        .filter((line) => line.includes('@slots'));
    expect(lookups([])).toEqual([]);
    expect(lookups(['maglev4-64'])).toEqual([
      expect.stringMatching(
        /maglev4-64 meta mark set meta priority \. jhash @nh\S+ \. th sport mod 64 seed 4711 map/,
      ),
      expect.stringMatching(/maglev4-64 meta l4proto icmp meta mark set .* mod 64 seed 4711 map @slots$/),
    ]);
    expect(lookups(['source-hash6-128'])).toHaveLength(2);
  });

  it('send out on every interface', () => {
    for (const device of ['eth0', 'eth1']) {
      expect(text).toContain(`fwd ip to meta mark map @backends4.${device} device "${device}"`);
      expect(text).toContain(`fwd ip6 to meta mark map @backends6.${device} device "${device}"`);
    }
  });

  it('have the short way of services that need it before all others, and none where nobody does', () => {
    const straight = ['straight4-maglev-64'];
    const lookup = 'mod 64 seed 4711 offset 64 map @straight4';
    expect(entryRules(['eth0', 'eth1'], straight)[1]).toContain(`${lookup} goto straight4`);
    expect(entryRules(['eth0'], straight)[0]).toContain(`${lookup} fwd ip to`);
    for (const devices of [['eth0'], ['eth0', 'eth1']]) {
      expect(entryRules(devices).join()).not.toContain('straight');
      expect(entryRules(devices, straight)).toHaveLength(entryRules(devices).length + 1);
    }
  });

  it('have all that a plain packet needs in one, for its own host and before all others, with one interface', () => {
    const [first = '', second = ''] = entryRules(['eth0']);
    expect(first).toMatch(/pkttype host .* map @flows4 update @flows4 .* fwd ip to .* device "eth0"$/);
    expect(second).toMatch(/pkttype host .* map @flows6 update @flows6 .* fwd ip6 to .* device "eth0"$/);
    // Where that is not enough, the same is tried in steps.
    expect(entryRules(['eth0']).slice(2)).toEqual(entryRules(['eth0', 'eth1']));
    expect(entryRules(['eth0', 'eth1'])[0]).toContain('meta pkttype != host accept');
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
