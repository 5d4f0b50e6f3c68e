/**
 * The rules of the host's firewall, from what `nft --json list ruleset` prints. Only the frame is checked here; what an
 * expression means is for match-packet.ts, to which everything unknown is a `maybe`. Pure.
 */
import { decodeText, strictDecoder } from '../../../contract/strict-decoder.js';

/** A statement of nft's JSON: an object with one member, its kind. */
export type Statement = Readonly<Record<string, unknown>>;

export interface Rule {
  readonly handle: number;
  readonly statements: readonly Statement[];
}

export interface Chain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  /** Undefined for a chain that is only jumped to. */
  readonly hook: string | undefined;
  readonly priority: number;
  readonly dropsByPolicy: boolean;
  readonly rules: readonly Rule[];
}

/** Chains by `chainKey`. */
export type Ruleset = ReadonlyMap<string, Chain>;

interface Named {
  readonly family: string;
  readonly table: string;
}

interface ListedChain extends Named {
  readonly name: string;
  readonly hook?: string;
  readonly prio?: number;
  readonly policy?: string;
}

interface ListedRule extends Named {
  readonly chain: string;
  readonly handle: number;
  readonly expr: readonly Statement[];
}

interface Listing {
  readonly nftables: readonly { readonly chain?: ListedChain; readonly rule?: ListedRule }[];
}

const TEXT = { type: 'string' };
const named = (properties: object, required: readonly string[]) => ({
  type: 'object',
  required: ['family', 'table', ...required],
  properties: { family: TEXT, table: TEXT, ...properties },
});
const decodeListing = strictDecoder<Listing>({
  type: 'object',
  required: ['nftables'],
  properties: {
    nftables: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          chain: named({ name: TEXT, hook: TEXT, prio: { type: 'integer' }, policy: TEXT }, ['name']),
          rule: named(
            {
              chain: TEXT,
              handle: { type: 'integer' },
              expr: { type: 'array', items: { type: 'object' } },
            },
            ['chain', 'handle', 'expr'],
          ),
        },
      },
    },
  },
});

export function chainKey(family: string, table: string, name: string): string {
  return `${family}\n${table}\n${name}`;
}

/** Rules stand in the order in which they are asked. Throws where the listing is not what nft prints. */
export function readRuleset(json: string): Ruleset {
  const decoded = decodeText(decodeListing, json);
  if (!decoded.ok) throw new Error(`what \`nft list ruleset\` printed is not understood: ${decoded.problem}`);
  const rules = new Map<string, Rule[]>();
  const chains = new Map<string, Chain>();
  for (const { chain } of decoded.value.nftables) {
    if (chain === undefined) continue;
    const { family, table, name, hook, prio = 0, policy } = chain;
    const key = chainKey(family, table, name);
    const own: Rule[] = [];
    rules.set(key, own);
    chains.set(key, {
      family,
      table,
      name,
      hook,
      priority: prio,
      dropsByPolicy: policy === 'drop',
      rules: own,
    });
  }
  for (const { rule } of decoded.value.nftables) {
    if (rule === undefined) continue;
    const { family, table, chain, handle, expr } = rule;
    rules.get(chainKey(family, table, chain))?.push({ handle, statements: expr });
  }
  return chains;
}
