/** A segment for engines whose test is not about it: everything can be said there, and nobody answers. */
import type { Wire } from '../../src/engine/wire/wire.js';

const nothing = (): void => undefined;

export const SILENT_SEGMENT: Wire = {
  ready: true,
  trouble: undefined,
  troubleOn: () => undefined,
  onChange: nothing,
  begun: () => Promise.resolve(true),
  standOn: nothing,
  heed: nothing,
  ignore: nothing,
  announce: nothing,
  ask: nothing,
  listen: () => nothing,
  macOf: () => undefined,
  isFellow: () => false,
  stop: () => Promise.resolve(),
};
