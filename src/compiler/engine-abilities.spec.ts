import { describe, expect, it } from 'vitest';
import { NFTABLES_CAPABILITIES } from '../contract/capabilities.js';
import { engineAbilities } from './engine-abilities.js';

describe('what can be enforced', () => {
  it('is what the built-in driver can, as long as no engine is connected', () => {
    expect(engineAbilities([])).toEqual([NFTABLES_CAPABILITIES]);
  });

  it('is what the connected engines can, and nothing else', () => {
    const narrow = { ...NFTABLES_CAPABILITIES, portRanges: false };
    expect(engineAbilities([narrow])).toEqual([narrow]);
  });
});
