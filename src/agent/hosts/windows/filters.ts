/** What the `observe-filters` script answers with, and the check that it is that. Anything unexpected is an error. */
import { decodeText, exactly, strictDecoder } from '../../../contract/strict-decoder.js';

/** One of Domain, Private and Public, as the policies together make it; words are those of Windows. */
export interface ObservedProfile {
  readonly name: string;
  /** The firewall is on where this profile is. */
  readonly enabled: string;
  /** `Allow` lets in what no rule speaks of. */
  readonly defaultInbound: string;
  /** `False`: no rule lets anything in. */
  readonly allowInbound: string;
  /** `False`: rules of this host count for nothing, those of a group policy alone. */
  readonly allowLocal: string;
}

/** A rule in force that blocks. Several values of one kind have a space between them. */
export interface ObservedBlock {
  readonly name: string;
  readonly protocol: string;
  readonly ports: string;
  readonly address: string;
  /** Everything else that narrows it; all `Any` where it is for everybody. */
  readonly narrowed: readonly string[];
}

export interface ObservedFilters {
  readonly profiles: readonly ObservedProfile[];
  /** Names of our rules that are in force. */
  readonly doors: readonly string[];
  readonly blocks: readonly ObservedBlock[];
  /** There are more blocks than these. */
  readonly more: boolean;
  readonly forwarding: readonly { readonly family: string; readonly forwards: number }[];
}

const TEXT = { type: 'string' };
const TEXTS = { type: 'array', items: TEXT };
const listOf = (members: Parameters<typeof exactly>[0]) => ({ type: 'array', items: exactly(members) });

const decode = strictDecoder<ObservedFilters>(
  exactly({
    profiles: listOf({
      name: TEXT,
      enabled: TEXT,
      defaultInbound: TEXT,
      allowInbound: TEXT,
      allowLocal: TEXT,
    }),
    doors: TEXTS,
    blocks: listOf({ name: TEXT, protocol: TEXT, ports: TEXT, address: TEXT, narrowed: TEXTS }),
    more: { type: 'boolean' },
    forwarding: listOf({ family: TEXT, forwards: { type: 'integer' } }),
  }),
);

export function readFilters(text: string): ObservedFilters {
  const decoded = decodeText(decode, text);
  if (decoded.ok) return decoded.value;
  throw new Error(`what PowerShell told of the firewall is not understood: ${decoded.problem}`);
}
