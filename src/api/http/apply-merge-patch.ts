/**
 * Applies a merge patch to the JSON of an object and reads the result as strictly as a new object: what could not be
 * created cannot be patched into being. A null brings a field back to its default.
 */
import { RequestValidationPipe } from './validation.pipe.js';
import { mergePatch } from './merge-patch.js';

const pipe = new RequestValidationPipe();

export async function applyMergePatch<T extends object>(
  type: new () => T,
  current: object,
  patch: Readonly<Record<string, unknown>>,
): Promise<T> {
  const merged = mergePatch(current, patch);
  return (await pipe.transform(merged, { type: 'body', metatype: type })) as T;
}
