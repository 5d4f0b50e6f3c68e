import { describe, expect, it } from 'vitest';
import type { VipDocument } from '../../contract/documents.js';
import { foretellHost, MOST_VIPS_TOLD, type HostFacts } from './foretell-host.js';

const agent: HostFacts = { hasAgent: true, others: [] };
const script: HostFacts = { hasAgent: false, others: [] };

function vip(address = '192.0.2.200', ...ports: readonly number[]): VipDocument {
  const all = ports.length === 0 ? [80] : ports;
  const services = all.map((port) => ({ protocol: 'tcp' as const, port, endPort: port }));
  return { kind: 'vip', address, services };
}

describe('what a plan says of a host with an agent', () => {
  it('keeps it silent before its first VIP comes', () => {
    const { linux } = foretellHost([{ before: null, after: vip() }], agent);
    expect(linux.slice(0, 4)).toEqual([
      'sysctl -w net.ipv4.conf.all.arp_ignore=1',
      'sysctl -w net.ipv4.conf.all.arp_announce=2',
      'sysctl -w net.ipv4.conf.default.arp_ignore=1',
      'sysctl -w net.ipv4.conf.default.arp_announce=2',
    ]);
    expect(linux[4]).toContain('99-zz-homeward-agent.conf');
    expect(linux[5]).toMatch(
      /^nft -f - <<'END'\n[^]*add element arp homeward vips \{ 192\.0\.2\.200 \}\nEND$/,
    );
    expect(linux.slice(6)).toEqual(['ip address add 192.0.2.200/32 dev lo']);
  });

  it('says no more than the VIP where the host is silent already', () => {
    const host = { ...agent, others: ['192.0.2.201'] };
    expect(foretellHost([{ before: null, after: vip() }], host).linux).toEqual([
      'nft add element arp homeward vips { 192.0.2.200 }',
      'ip address add 192.0.2.200/32 dev lo',
    ]);
    expect(foretellHost([{ before: vip(), after: null }], host).linux).toEqual([
      'ip address del 192.0.2.200/32 dev lo',
      expect.stringContaining('delete element arp homeward vips { 192.0.2.200 }'),
    ]);
  });

  it('takes the guard away and the settings back behind the last VIP', () => {
    const { linux } = foretellHost([{ before: vip(), after: null }], agent);
    expect(linux[0]).toBe('ip address del 192.0.2.200/32 dev lo');
    expect(linux[1]).toContain('delete table arp homeward');
    expect(linux[2]).toContain('before its first VIP');
  });

  it('has no settings for IPv6, whose guard is the only lock', () => {
    const { linux } = foretellHost([{ before: null, after: vip('2001:db8::200') }], agent);
    expect(linux.join('\n')).not.toContain('sysctl');
    expect(linux.at(-1)).toBe('ip address add 2001:db8::200/128 dev lo nodad');
  });

  it('is nothing on Linux where only the services of a VIP change, and a door on Windows', () => {
    const { linux, windows } = foretellHost([{ before: vip(), after: vip('192.0.2.200', 80, 443) }], agent);
    expect(linux).toEqual([]);
    expect(windows).toHaveLength(1);
    expect(windows[0]).toContain("Open-Door Homeward-192.0.2.200-tcp-443 '192.0.2.200' tcp 443");
  });

  it('prepares Windows before the first VIP alone', () => {
    const first = foretellHost([{ before: null, after: vip() }], agent).windows;
    expect(first[0]).toMatch(/\nSet-Adapter$/);
    expect(first.at(-1)).toMatch(/\nSet-Vip '192\.0\.2\.200' 32$/);
    const next = foretellHost([{ before: null, after: vip() }], {
      ...agent,
      others: ['192.0.2.201'],
    }).windows;
    expect(next).toEqual(first.slice(-2));
    expect(foretellHost([{ before: vip(), after: null }], agent).windows.at(-1)).toBe('Undo-Adapter');
  });

  it('is about as many VIPs as a reader takes in, and counts the others', () => {
    const many = Array.from({ length: 60 }, (_, at) => ({ before: null, after: vip(`192.0.2.${at + 100}`) }));
    expect(foretellHost(many, agent).leftOut).toBe(60 - MOST_VIPS_TOLD);
  });

  it('takes nothing that is no address of the contract', () => {
    const strange = { ...vip(), address: '192.0.2.200; reboot' };
    expect(() => foretellHost([{ before: null, after: strange }], agent)).toThrow(/no commands/);
  });
});

describe('what a plan says of a host without an agent', () => {
  it('is what the set-up script does, and undoes', () => {
    const { linux } = foretellHost([{ before: null, after: vip() }], script);
    expect(linux[0]).toMatch(/\nset_setting all arp_ignore 1 1 2 8$/);
    expect(linux.at(-1)).toMatch(/\nset_vip '192\.0\.2\.200' 32$/);
    const undone = foretellHost([{ before: vip(), after: null }], script).linux;
    expect(undone[0]).toBe("undo_vip '192.0.2.200' 32");
  });

  it('leaves the settings alone where other VIPs are', () => {
    const host = { ...script, others: ['192.0.2.201'] };
    expect(foretellHost([{ before: null, after: vip() }], host).linux).toHaveLength(3);
  });
});
