/** Reads the lines of the director's monitors. Only what is certainly of no interest is left out. Pure. */
import { spelledKey } from '../drivers/nftables/named-elements.js';

export interface Commit {
  /** Process that sent the transaction, as its own namespace numbers it. */
  readonly sender: number;
  readonly program: string;
  readonly rules: boolean;
  /** The table, or a map of it, came or went. */
  readonly table: boolean;
  readonly maps: readonly string[];
  /** Elements of maps with very many, as `placeOf` tells where they lie. */
  readonly places: readonly string[] | 'all';
}

/** Of `TABLE_MONITOR`. `lost`: events were; null: the line tells of nothing. */
export function commitIn(line: string): Commit | 'lost' | null {
  const [word, sender, program = '', structure, maps = '', places = ''] = line.split(' ');
  if (word === 'lost') return 'lost';
  if (word !== 'commit') return null;
  return {
    sender: Number(sender),
    program,
    rules: structure === '1',
    table: structure === '2',
    maps: listed(maps),
    places: places === '*' ? 'all' : listed(places).map(placeIn),
  };
}

function placeIn(text: string): string {
  const colon = text.lastIndexOf(':');
  const map = text.slice(0, colon);
  return `${map} ${spelledKey(map, text.slice(colon + 1))}`;
}

/** Of `POLICY_MONITOR`: the VIPs whose policies went or were changed; null: the line tells of nothing. */
export function unlockedIn(line: string): readonly string[] | 'all' | null {
  const [word, vips = ''] = line.split(' ');
  if (word !== 'unlocked') return null;
  return vips === '*' ? 'all' : listed(vips);
}

function listed(text: string): readonly string[] {
  return text === '-' || text === '' ? [] : text.split(',');
}

export type HostEvent =
  | { readonly kind: 'gone'; readonly address: string }
  | { readonly kind: 'interface'; readonly name: string }
  | { readonly kind: 'address' }
  | { readonly kind: 'lost' };

const LINK = /^\[LINK\](?:Deleted )?\d+: ([^:@\s]+)/;
const GONE = /^\[ADDR\]Deleted \d+: \S+\s+inet6? ([^\s/]+)/;

/** Of `ip -o monitor label address link`. `own`: how `ip` prints the mark of our addresses. Null: it came from us. */
export function hostEventIn(line: string, own: string): HostEvent | null {
  const [, name] = LINK.exec(line) ?? [];
  if (name !== undefined) return { kind: 'interface', name };
  const [, address] = GONE.exec(line) ?? [];
  if (address !== undefined) return { kind: 'gone', address };
  if (!line.startsWith('[ADDR]')) return { kind: 'lost' };
  return line.includes(own) ? null : { kind: 'address' };
}
