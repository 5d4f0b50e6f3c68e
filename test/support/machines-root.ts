/**
 * Whether this is root of the machine, and not of a user namespace. The latter knows one user alone, and may not raise
 * the size of a message to the kernel, which is what a transaction of nft has to fit in.
 */
import { readFileSync } from 'node:fs';

const ALL_USERS = 2 ** 32 - 1;

export const IS_MACHINES_ROOT =
  process.geteuid?.() === 0 &&
  Number(readFileSync('/proc/self/uid_map', 'utf8').trim().split(/\s+/)[2]) === ALL_USERS;
