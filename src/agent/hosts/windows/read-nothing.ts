/**
 * The proofs that need more than the VIPs themselves stay Unknown on Windows: whether other rules of its firewall let a
 * service in, and whether it forwards packets, is not read there.
 */
import type { HostReadings } from '../../proofs/host-readings.js';

const READINGS: HostReadings = {
  firewall: { ruleset: null, legacy: false, strictElsewhere: [], interfaces: [] },
  forwarding: null,
};

export function readNothing(): Promise<HostReadings> {
  return Promise.resolve(READINGS);
}
