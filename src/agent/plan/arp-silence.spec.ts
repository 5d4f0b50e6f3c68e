import { describe, expect, it } from 'vitest';
import { judgeSilence, silentValues } from './arp-silence.js';

const SILENT = { arpIgnore: 1, arpAnnounce: 2 };
const OPEN = { arpIgnore: 0, arpAnnounce: 0 };

describe('the values that keep a host silent', () => {
  it.each([
    [0, 1],
    [1, 1],
    [2, 2],
    [8, 8],
    [3, 1],
    [5, 1],
    [9, 1],
  ])('take arp_ignore %i to %i', (found, wanted) => {
    expect(silentValues({ arpIgnore: found, arpAnnounce: 0 })).toEqual({ arpIgnore: wanted, arpAnnounce: 2 });
  });
});

describe('judging silence', () => {
  it('finds a host silent whose interfaces are silenced by `all`', () => {
    const judged = judgeSilence(SILENT, SILENT, new Map([['eth0', OPEN]]));
    expect(judged).toEqual({ inForce: true, deviations: [], problems: [] });
  });

  it('does not count on the interfaces alone: another one may come', () => {
    const judged = judgeSilence(OPEN, OPEN, new Map([['eth0', SILENT]]));
    expect(judged.inForce).toBe(false);
    expect(judged.problems.join()).toContain('arp_ignore is 0');
    expect(judged.problems.join()).toContain('The same holds for default.');
  });

  it.each([3, 4, 7])(
    'finds an interface that answers with arp_ignore %i, though that is more than 1',
    (value) => {
      const judged = judgeSilence(SILENT, SILENT, new Map([['eth1', { arpIgnore: value, arpAnnounce: 0 }]]));
      expect(judged.problems).toEqual([
        `net.ipv4.conf.eth1.arp_ignore is ${value}, which answers ARP for VIPs on lo; set it to 1.`,
      ]);
    },
  );

  it('names each thing that stands against it, with what was found and what is wanted', () => {
    const eth1 = { arpIgnore: 3, arpAnnounce: 0 };
    const interfaces = new Map([
      ['eth0', OPEN],
      ['eth1', eth1],
    ]);
    const judged = judgeSilence({ arpIgnore: 0, arpAnnounce: 2 }, SILENT, interfaces);
    // eth0 answers as well, for no reason of its own.
    expect(judged.deviations).toEqual([
      { thing: 'net.ipv4.conf.all.arp_ignore', found: '0', wanted: '1' },
      { thing: 'net.ipv4.conf.eth1.arp_ignore', found: '3', wanted: '1' },
    ]);
  });

  it('says it once of a thousand interfaces', () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `veth${index}`);
    const values = { arpIgnore: 3, arpAnnounce: 3 };
    const judged = judgeSilence(SILENT, SILENT, new Map(names.map((name) => [name, values])));
    expect(judged.problems).toHaveLength(2);
    expect(judged.problems[0]).toContain('veth1, veth2, veth3 and 996 more');
  });

  it('finds an interface that announces with a value that the kernel does not know', () => {
    const judged = judgeSilence(SILENT, SILENT, new Map([['eth1', { arpIgnore: 0, arpAnnounce: 3 }]]));
    expect(judged.problems).toHaveLength(1);
  });
});
