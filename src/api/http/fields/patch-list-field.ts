import { plainRule, field, type FieldOptions } from './field.js';

export interface PatchListFieldOptions extends FieldOptions {
  readonly maxItems: number;
}

/**
 * A list of merge patches with the ids of what they are for. Only that they are objects is looked at here: what a patch may
 * say, and where a null is good, shows when it is merged.
 * @param type documents the members; it validates nothing.
 */
export function PatchListField(
  type: () => new () => object,
  options: PatchListFieldOptions,
): PropertyDecorator {
  const { maxItems } = options;
  const rule = plainRule(
    'patches',
    (value) => Array.isArray(value) && value.length <= maxItems && value.every(isObject),
    `must be a list of at most ${maxItems} objects`,
    options,
  );
  return field(options, rule, { type: () => type(), isArray: true, maxItems });
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
