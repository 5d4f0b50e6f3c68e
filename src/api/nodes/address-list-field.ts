import { isRefused, parseUsableAddress } from '../../domain/address.js';
import { field, plainRule, type FieldOptions } from '../http/fields/field.js';

const MAX_ADDRESSES = 16;

/** One to sixteen usable addresses, none of them twice. */
export function AddressListField(options: FieldOptions): PropertyDecorator {
  return field(
    options,
    plainRule(
      'addresses',
      isAddressList,
      `must be a list of 1 to ${MAX_ADDRESSES} usable addresses, each once`,
      options,
    ),
    {
      type: 'array',
      items: { type: 'string', maxLength: 45, anyOf: [{ format: 'ipv4' }, { format: 'ipv6' }] },
      minItems: 1,
      maxItems: MAX_ADDRESSES,
      uniqueItems: true,
    },
  );
}

function isAddressList(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_ADDRESSES) return false;
  const parsed = value.map((text: unknown) => (typeof text === 'string' ? parseUsableAddress(text) : null));
  const canonical = parsed.flatMap((address) => (address === null || isRefused(address) ? [] : [address]));
  return new Set(canonical).size === value.length;
}
