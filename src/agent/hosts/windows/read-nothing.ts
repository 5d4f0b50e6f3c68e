/**
 * The proofs that need more than the VIPs themselves stay Unknown on Windows: whether other rules of its firewall let a
 * service in, and whether it forwards packets, is not read there.
 */
import type { HostReadings } from '../../proofs/host-readings.js';

const unreadable =
  'The agent does not read the rules of Windows Firewall. It keeps a rule of its own that lets the service in; see that no rule blocks it.';

const READINGS: HostReadings = {
  firewall: { ruleset: { unreadable }, legacy: false, strictElsewhere: [], interfaces: [] },
  forwarding: null,
};

export function readNothing(): Promise<HostReadings> {
  return Promise.resolve(READINGS);
}
