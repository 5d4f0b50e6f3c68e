/**
 * Names that every JavaScript object answers to. As keys from outside they can pose as members of a class
 * (`constructor` satisfies class-validator's whitelist), so they are refused before any library sees them.
 */
const RESERVED_NAMES: ReadonlySet<string> = new Set([
  ...Object.getOwnPropertyNames(Object.prototype),
  'prototype',
]);

export function isReservedName(name: string): boolean {
  return RESERVED_NAMES.has(name);
}
