/**
 * Compares a host with the VIPs that it shall hold, and says so in lines for people: each setting, as it is wanted and as
 * it is found. It reads and changes nothing.
 */
import type { VipDocument } from '../../contract/documents.js';
import type { HostDriver } from '../hosts/host-driver.js';
import { compareVips } from './compare-vips.js';
import type { Comparison, Inspect } from './comparison.js';

export interface Verified {
  readonly lines: readonly string[];
  readonly right: boolean;
}

export async function verifyHost(
  driver: HostDriver,
  inspect: Inspect,
  vips: readonly VipDocument[],
): Promise<Verified> {
  if (vips.length === 0) return { lines: ['This host shall hold no VIP.'], right: true };
  const addresses = vips.map(({ address }) => address);
  const settings = await inspect(vips);
  const comparisons = [...settings, ...compareVips(addresses, await driver.observe())];
  return { lines: comparisons.map(lineOf), right: comparisons.every(isRight) };
}

function isRight({ wanted, found }: Comparison): boolean {
  return wanted === found;
}

function lineOf(comparison: Comparison): string {
  const { thing, wanted, found } = comparison;
  return `${isRight(comparison) ? 'ok   ' : 'WRONG'}  ${thing}: wanted ${wanted}, found ${found}`;
}
