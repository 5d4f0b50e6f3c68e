import { describe, expect, it } from 'vitest';
import { rememberedSettings, settingsToRestore } from './changed-settings.js';

describe('the settings to remember', () => {
  it('are all that the agent relies on, with both values', () => {
    expect(rememberedSettings({}, { a: 0, b: 2 }, { a: 1, b: 2 })).toEqual({
      a: { before: 0, written: 1 },
      b: { before: 2, written: 2 },
    });
  });

  it('keep the first value over a drift and over a crash before the write', () => {
    const known = { a: { before: 0, written: 1 } };
    expect(rememberedSettings(known, { a: 0 }, { a: 1 })).toEqual(known);
    expect(rememberedSettings(known, { a: 1 }, { a: 1 })).toEqual(known);
  });

  it('take over what somebody set meanwhile, if it must be overwritten', () => {
    const known = { a: { before: 0, written: 1 } };
    expect(rememberedSettings(known, { a: 3 }, { a: 1 })).toEqual({ a: { before: 3, written: 1 } });
  });
});

describe('the settings to put back', () => {
  it('are those that are as the agent wrote them, and no others', () => {
    const changed = { a: { before: 0, written: 1 }, b: { before: 0, written: 2 } };
    expect(settingsToRestore(changed, { a: 1, b: 1 })).toEqual({ a: 0 });
  });
});
