import { expect, it } from 'vitest';
import { someOf } from './some-of.js';

it.each([
  [[], ''],
  [['eth0'], 'eth0'],
  [['eth0', 'eth1', 'eth2', 'eth3'], 'eth0, eth1, eth2, eth3'],
  [['eth0', 'eth1', 'eth2', 'eth3', 'eth4'], 'eth0, eth1, eth2 and 2 more'],
])('names some of %j', (names, text) => expect(someOf(names)).toBe(text));
