import { describe, expect, it } from 'vitest';
import {
  leastText,
  memoryOf,
  rememberedOnDemand,
  sameMemory,
  strangeChainsText,
} from './fixed-part-memory.js';

const LOADED = `add table netdev homeward
add map netdev homeward slots { typeof meta mark : meta mark; }
add chain netdev homeward in
flush chain netdev homeward in
add chain netdev homeward out
flush chain netdev homeward out
delete chain netdev homeward in
add chain netdev homeward in { type filter hook ingress devices = { "eth0" } priority -100; }
add rule netdev homeward in jump out
add rule netdev homeward out fwd ip to 192.0.2.1 device "eth0"
`;
const IN = '\ttype filter hook ingress device "eth0" priority -100; policy accept;\n\t\tjump out';
const listing = (out: string, more = '') =>
  `table netdev homeward {\n\tmap slots {\n\t\ttypeof meta mark : meta mark\n\t}\n\n\tchain in {\n\t${IN}\n\t}\n\n\tchain out {\n\t\t${out}\n\t}\n${more}}`;
const RIGHT = listing('fwd ip to 192.0.2.1 device "eth0"');
const memory = memoryOf(LOADED, RIGHT, ['maglev4-64', 'straight4-maglev-64']);

describe('the memory of the fixed part', () => {
  it('tells what was made on demand', () => {
    expect(rememberedOnDemand(memory)).toEqual(['maglev4-64', 'straight4-maglev-64']);
    expect(rememberedOnDemand(memoryOf(LOADED, RIGHT))).toEqual([]);
    expect(rememberedOnDemand(undefined)).toEqual([]);
  });

  it('knows the same text and listing again, also as an earlier version wrote it', () => {
    expect(sameMemory(memory, LOADED, RIGHT)).toBe(true);
    expect(sameMemory(memory.split('\n').slice(0, 2).join('\n'), LOADED, RIGHT)).toBe(true);
    expect(sameMemory(memory, LOADED, listing('fwd ip to 192.0.2.1 device 7'))).toBe(false);
    expect(sameMemory(undefined, LOADED, RIGHT)).toBe(false);
  });

  it('lets the chains alone be laid anew that are not as they were', () => {
    expect(leastText(memory, LOADED, listing('fwd ip to 192.0.2.1 device 7'))).toBe(
      `add chain netdev homeward out
flush chain netdev homeward out
add rule netdev homeward out fwd ip to 192.0.2.1 device "eth0"
`,
    );
  });

  it('has all laid anew where a map is otherwise, the text is another, or chains were not remembered', () => {
    const other = RIGHT.replace('typeof meta mark', 'typeof meta priority');
    expect(leastText(memory, LOADED, other)).toBeUndefined();
    expect(leastText(memory, `${LOADED}\n`, listing('drop'))).toBeUndefined();
    expect(leastText(memory.split('\n').slice(0, 2).join('\n'), LOADED, listing('drop'))).toBeUndefined();
    expect(leastText(memory, LOADED, '')).toBeUndefined();
  });
});

it('a chain that somebody else bound to an interface is to go, one that nothing leads to is not', () => {
  const bound =
    '\n\tchain other {\n\t\ttype filter hook ingress device "eth0" priority -200; policy drop;\n\t}\n';
  const loose = '\n\tchain loose {\n\t\tdrop\n\t}\n';
  expect(strangeChainsText(LOADED, listing('drop', bound + loose))).toBe(
    'flush chain netdev homeward other\ndelete chain netdev homeward other\n',
  );
  // One whose name begins another's is no more ours.
  expect(strangeChainsText(LOADED, listing('drop', bound.replace('other', 'ou')))).toContain('delete chain');
});
