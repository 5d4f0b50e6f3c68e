/**
 * What is remembered of the fixed part when it was loaded: a hash of the text, and of the listing as a whole and by chains, sets
 * and maps. From that follows the least that has to be loaded again: the kernel goes through all elements of a map for every
 * rule that looks something up in it, so to lay all rules anew takes seconds where there are hundreds of thousands. Pure.
 */
import { createHash } from 'node:crypto';
import { TABLE } from '../../../forwarding/layout.js';

const MADE = 'on-demand ';

/** Of one that an earlier version wrote, the first two lines are alike. @param onDemand names of what was made on demand. */
export function memoryOf(loaded: string, listed: string, onDemand: Iterable<string> = []): string {
  const parts = [...partsOf(listed)].map(([name, text]) => `${name} ${hashOf(text)}`);
  return [hashOf(loaded), hashOf(listed), ...parts, `${MADE}${[...onDemand].join(' ')}`].join('\n');
}

/** Names of what was made on demand. */
export function rememberedOnDemand(memory: string | undefined): readonly string[] {
  const line = memory?.split('\n').find((each) => each.startsWith(MADE));
  return line?.slice(MADE.length).split(' ').filter(Boolean) ?? [];
}

export function sameMemory(memory: string | undefined, loaded: string, listed: string): boolean {
  const [text, listing] = memory?.split('\n') ?? [];
  return text === hashOf(loaded) && listing === hashOf(listed);
}

/** Text that lays anew the chains that are not as they were; undefined where that is not all that is otherwise. */
export function leastText(memory: string | undefined, loaded: string, listed: string): string | undefined {
  const [text, , ...rest] = memory?.split('\n') ?? [];
  const lines = rest.filter((line) => !line.startsWith(MADE));
  if (text !== hashOf(loaded) || lines.length === 0) return undefined;
  const found = partsOf(listed);
  const wrong = lines
    .map((line) => /^(\S+ \S+) (\S+)$/.exec(line) ?? [])
    .flatMap(([, name = '', hash]) => (hashOf(found.get(name) ?? '') === hash ? [] : [name]));
  const names = new Set(lines.map((line) => line.slice(0, line.lastIndexOf(' '))));
  const isChains = [...wrong, ...[...found.keys()].filter((name) => !names.has(name))].every(isChain);
  if (!isChains || wrong.length === 0) return undefined;
  const chains = new Set(wrong.map((name) => name.slice('chain '.length)));
  return loaded
    .split('\n')
    .filter((line) => chains.has(OF_CHAIN.exec(line)?.[1] ?? ''))
    .map((line) => `${line}\n`)
    .join('');
}

/** Chains of somebody else that packets go through: what binds one to an interface is its hook. */
export function strangeChainsText(loaded: string, listed: string): string {
  return [...partsOf(listed)]
    .filter(
      ([name, text]) => isChain(name) && text.includes('\ttype filter hook ') && !isLoaded(name, loaded),
    )
    .map(([name]) => `flush ${inTable(name)}\ndelete ${inTable(name)}\n`)
    .join('');
}

const OF_CHAIN = new RegExp(String.raw`^(?:add|flush|delete) (?:chain|rule) ${TABLE} (\S+)`);

/** `chain steer4` and so on, with what stands in it. */
function partsOf(listed: string): ReadonlyMap<string, string> {
  const parts = listed.matchAll(/^\t((?:map|set|chain) \S+) \{\n(.*?)^\t\}$/gms);
  return new Map([...parts].map(([, name = '', text = '']) => [name, text]));
}

function isChain(name: string): boolean {
  return name.startsWith('chain ');
}

function isLoaded(name: string, loaded: string): boolean {
  return loaded.includes(`add ${inTable(name)}\n`);
}

function inTable(name: string): string {
  const [kind = '', rest = ''] = name.split(' ');
  return `${kind} ${TABLE} ${rest}`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
