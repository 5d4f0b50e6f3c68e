/** The addresses in a listing of the guard's set, by `nft -j list set`. Pure. */
import { decodeText, strictDecoder, type Decoded } from '../../../contract/strict-decoder.js';
import { addressOf } from '../../../setup/linux/guard-text.js';

const decodeListing = strictDecoder<{
  readonly nftables: readonly { readonly set?: { readonly elem?: readonly string[] } }[];
}>({
  type: 'object',
  required: ['nftables'],
  properties: {
    nftables: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          set: { type: 'object', properties: { elem: { type: 'array', items: { type: 'string' } } } },
        },
      },
    },
  },
});

/** All of them, or why not: an element with a comment or a timeout, say, is none that the agent made. */
export function elementsIn(json: string): Decoded<readonly string[]> {
  const decoded = decodeText(decodeListing, json);
  if (!decoded.ok) return decoded;
  const addresses: string[] = [];
  for (const text of decoded.value.nftables.flatMap(({ set }) => set?.elem ?? [])) {
    const address = addressOf(text);
    if (address === undefined) return { ok: false, problem: 'an element is no address' };
    addresses.push(address);
  }
  return { ok: true, value: addresses };
}
