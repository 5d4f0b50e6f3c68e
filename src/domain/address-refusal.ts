/** Why an address cannot be a VIP or a real server, in words that tell what to write instead. */

export type AddressRefusalReason = keyof typeof WORDS;

export interface AddressRefusal {
  readonly reason: AddressRefusalReason;
  readonly message: string;
  readonly hint: string;
}

const WRITE_IT_SO = 'Write IPv4 as 192.0.2.200 and IPv6 as 2001:db8::200.';
const TAKE_ANOTHER = 'Use an address that clients can reach through a router.';

const WORDS = {
  'not-an-address': { message: 'This is no IP address.', hint: WRITE_IT_SO },
  'ambiguous-spelling': {
    message: 'Programs read this spelling of an IPv4 address differently.',
    hint: 'Write four decimal numbers without leading zeros, such as 192.0.2.200.',
  },
  'zone-id': { message: 'An address with a zone id means something on one host only.', hint: TAKE_ANOTHER },
  'v4-in-v6': {
    message: 'An IPv4 address inside an IPv6 address is neither of the two on the wire.',
    hint: WRITE_IT_SO,
  },
  unspecified: { message: 'An unspecified address is no host.', hint: TAKE_ANOTHER },
  loopback: { message: 'A loopback address never leaves its host.', hint: TAKE_ANOTHER },
  'link-local': { message: 'A link-local address crosses no router.', hint: TAKE_ANOTHER },
  multicast: { message: 'A multicast address is a group and no host.', hint: TAKE_ANOTHER },
  broadcast: { message: 'The broadcast address is every host.', hint: TAKE_ANOTHER },
  reserved: { message: 'This address is reserved and routed nowhere.', hint: TAKE_ANOTHER },
} as const;

export function refusal(reason: AddressRefusalReason): AddressRefusal {
  return { reason, ...WORDS[reason] };
}
