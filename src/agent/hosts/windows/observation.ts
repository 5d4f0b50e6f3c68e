/** What the `observe` script answers with, and the check that it is that. Anything unexpected is an error. */
import { decodeText, exactly, strictDecoder } from '../../../contract/strict-decoder.js';

export interface ObservedAdapter {
  readonly index: number;
  /** Stays with the adapter for life; its index and its name do not. */
  readonly guid: string;
  readonly name: string;
  /** A KM-TEST loopback adapter. */
  readonly loopback: boolean;
  /** `00-15-5D-01-02-03`, or empty. */
  readonly mac: string;
  readonly up: boolean;
}

/** One address family of one adapter. Members in capitals are called as Windows calls them; 1 and 0 are on and off. */
export interface ObservedInterface {
  readonly index: number;
  readonly alias: string;
  readonly family: string;
  readonly mtu: number;
  readonly Dhcp: number;
  readonly DadTransmits: number;
  readonly AutomaticMetric: number;
  readonly InterfaceMetric: number;
  readonly WeakHostReceive: number;
  readonly WeakHostSend: number;
}

interface ObservedAddress {
  readonly index: number;
  /** An IPv6 address may end in a zone. */
  readonly address: string;
  readonly prefixLength: number;
  /** False while duplicates are searched for, and where one was found. */
  readonly usable: boolean;
  readonly skipAsSource: boolean;
}

/** A firewall rule of our group. */
export interface ObservedRule {
  readonly name: string;
  /** It is enabled, and lets something in. */
  readonly admits: boolean;
  readonly protocol: string;
  readonly ports: string;
  readonly address: string;
}

export interface Observation {
  readonly adapters: readonly ObservedAdapter[];
  readonly interfaces: readonly ObservedInterface[];
  readonly addresses: readonly ObservedAddress[];
  readonly registrations: readonly { readonly index: number; readonly registers: number }[];
  /** Next hops of default routes; all zeros where there is none. */
  readonly gateways: readonly string[];
  readonly rules: readonly ObservedRule[];
}

const TEXT = { type: 'string' };
const WHOLE = { type: 'integer' };
const FLAG = { type: 'boolean' };
const GUID = { type: 'string', pattern: '^\\{[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\\}$' };
const listOf = (members: Parameters<typeof exactly>[0]) => ({ type: 'array', items: exactly(members) });

const decode = strictDecoder<Observation>(
  exactly({
    adapters: listOf({ index: WHOLE, guid: GUID, name: TEXT, loopback: FLAG, mac: TEXT, up: FLAG }),
    interfaces: listOf({
      index: WHOLE,
      alias: TEXT,
      family: TEXT,
      mtu: WHOLE,
      Dhcp: WHOLE,
      DadTransmits: WHOLE,
      AutomaticMetric: WHOLE,
      InterfaceMetric: WHOLE,
      WeakHostReceive: WHOLE,
      WeakHostSend: WHOLE,
    }),
    addresses: listOf({
      index: WHOLE,
      address: TEXT,
      prefixLength: WHOLE,
      usable: FLAG,
      skipAsSource: FLAG,
    }),
    registrations: listOf({ index: WHOLE, registers: WHOLE }),
    gateways: { type: 'array', items: TEXT },
    rules: listOf({ name: TEXT, admits: FLAG, protocol: TEXT, ports: TEXT, address: TEXT }),
  }),
);

export function readObservation(text: string): Observation {
  const decoded = decodeText(decode, text);
  if (decoded.ok) return decoded.value;
  throw new Error(`what PowerShell told of this host is not understood: ${decoded.problem}`);
}
