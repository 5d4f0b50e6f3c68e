/**
 * The guard: the second lock on a VIP's silence, as text for nft. It drops who asks for a VIP and whatever would claim
 * one, so a host stays silent also where somebody sets arp_ignore=0, answers by proxy, or puts the VIP on a network
 * card. IPv6 has no such settings at all, there it is the only lock. Pure.
 * It matches VIPs alone: every other address is resolved, announced and checked for duplicates as ever.
 */
import ipaddr from 'ipaddr.js';
import {
  GUARD_FAMILIES,
  guardFamily,
  GUARD_PRIORITY,
  guardRules,
  ND_TARGET,
  type GuardFamily,
} from './guard-rules.js';
import { isIpv6 } from '../../contract/canonical-address.js';

export const GUARD_TABLE = 'homeward';
export const GUARD_SET = 'vips';

const TYPES: Readonly<Record<GuardFamily, string>> = { arp: 'type ipv4_addr', ip6: `typeof ${ND_TARGET}` };

/** One transaction that makes the guard anew, with these addresses and no others: there is no moment without it. */
export function loadText(addresses: readonly string[]): string {
  return [...GUARD_FAMILIES.flatMap((family) => [absent(family), whole(family)]), addText(addresses)].join(
    '\n',
  );
}

/** One transaction that takes the guard away, whatever of it there is. */
export function dropText(): string {
  return `${GUARD_FAMILIES.map(absent).join('\n')}\n`;
}

/** Addresses that are in it already are no error. */
export function addText(addresses: readonly string[]): string {
  return lines('add', addresses);
}

/** Neither are addresses that are not: they are put there first, in the same transaction. */
export function removeText(addresses: readonly string[]): string {
  return addText(addresses) + lines('delete', addresses);
}

/** For a check without effect, one line per address: the kernel refuses exactly those that are there. */
export function presenceText(addresses: readonly string[]): string {
  return addresses.map((address) => line('create', guardFamily(address), [address])).join('');
}

/** The address of an element as nft lists it, or undefined for what is none. */
export function addressOf(element: string): string | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(element)) return element;
  const digits = /^0x([0-9a-f]{1,32})$/.exec(element)?.[1]?.padStart(32, '0');
  if (digits === undefined) return undefined;
  return ipaddr.fromByteArray([...Buffer.from(digits, 'hex')]).toString();
}

function absent(family: GuardFamily): string {
  // `delete` fails where there is nothing to delete.
  return `add table ${family} ${GUARD_TABLE}\ndelete table ${family} ${GUARD_TABLE}`;
}

function whole(family: GuardFamily): string {
  const chains = (['input', 'output'] as const).map((hook) =>
    [
      `chain ${hook} {`,
      `type filter hook ${hook} priority ${GUARD_PRIORITY}; policy accept;`,
      ...guardRules(family, `@${GUARD_SET}`)[hook],
      '}',
    ].join('\n'),
  );
  const set = `set ${GUARD_SET} {\n${TYPES[family]}\n}`;
  return [`table ${family} ${GUARD_TABLE} {`, set, ...chains, '}'].join('\n');
}

function lines(verb: 'add' | 'delete', addresses: readonly string[]): string {
  return GUARD_FAMILIES.map((family) => {
    const own = addresses.filter((address) => guardFamily(address) === family);
    return own.length === 0 ? '' : line(verb, family, own);
  }).join('');
}

function line(verb: string, family: GuardFamily, addresses: readonly string[]): string {
  return `${verb} element ${family} ${GUARD_TABLE} ${GUARD_SET} { ${addresses.map(elementOf).join(', ')} }\n`;
}

function elementOf(address: string): string {
  if (!isIpv6(address)) return address;
  return `0x${Buffer.from(ipaddr.parse(address).toByteArray()).toString('hex')}`;
}
