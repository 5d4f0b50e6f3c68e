/**
 * One chain per scheduler and slot count: the hash gives the slot, and the slot the server, whose number is left in
 * `meta mark` for whoever jumped here. An error about an answer is hashed by the packet that it quotes.
 */
import type { Chain } from './chain.js';
import { hashedClient, IS_ERROR, type Origin } from './flow-keys.js';
import { spreadChain, type Family, type SCHEDULERS } from './layout.js';

export function spreadChainOf(
  scheduler: (typeof SCHEDULERS)[number],
  family: Family,
  slots: number,
  seed: number,
): Chain {
  const pick = (origin: Origin) => {
    const hashed = hashedClient(origin, family, scheduler === 'maglev');
    return `meta mark set meta priority . jhash ${hashed} mod ${slots} seed ${seed} map @slots`;
  };
  return {
    name: spreadChain(scheduler, family, slots),
    rules: [pick('sent'), `${IS_ERROR[family]} ${pick('quoted')}`],
  };
}
