import { isRefused, parseUsableAddress } from '../../../domain/address.js';
import { field, type FieldFault, type FieldOptions } from './field.js';

/** For the document; the domain checks more strictly than these formats. */
const SCHEMA = {
  maxLength: 45,
  anyOf: [
    { type: 'string' as const, format: 'ipv4', maxLength: 15 },
    { type: 'string' as const, format: 'ipv6', maxLength: 45 },
  ],
};

/**
 * An IP address that a VIP or a real server can have. The value stays the text that was sent: the domain parses it
 * once more into its canonical form, so that no unparsed text can pass for an address.
 */
export function AddressField(options: FieldOptions): PropertyDecorator {
  return field(options, { name: 'address', test: isUsable, explain }, SCHEMA);
}

function isUsable(value: unknown): boolean {
  return typeof value === 'string' && !isRefused(parseUsableAddress(value));
}

function explain(value: unknown): FieldFault {
  const refusal = typeof value === 'string' ? parseUsableAddress(value) : null;
  if (refusal === null || !isRefused(refusal)) {
    return {
      code: 'field-invalid',
      message: 'must be text.',
      hint: 'Such as "192.0.2.200" or "2001:db8::200".',
    };
  }
  return { code: 'address-not-usable', message: `is not usable. ${refusal.message}`, hint: refusal.hint };
}
