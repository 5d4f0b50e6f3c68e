/**
 * What the agent asks of an operating system. A driver does and reads back; it decides nothing.
 * Every method may be repeated, and a crash between any two of them must leave the host silent.
 */
import type { VipService } from '../../contract/documents.js';
import type { HostView, Silence } from '../plan/host-view.js';

/** A number, or the name of something, such as of an adapter. */
export type SettingValue = number | string;

/** Settings of the host as the driver names them, with their values. */
export type HostSettings = Readonly<Record<string, SettingValue>>;

export interface HostDriver {
  /** What the VIPs are for, by address; said before anything is asked for. A host may let nothing in unasked. */
  serve(services: ReadonlyMap<string, readonly VipService[]>): void;
  /** The whole host. The very same object as the last time, as long as it would show the same. */
  observe(): Promise<HostView>;
  /**
   * The same as far as these few addresses go: all other addresses are left out, of the guard too, and gateways may be
   * those that `observe` last saw. It costs a small part of it on a host with many addresses.
   */
  look(addresses: readonly string[]): Promise<HostView>;
  /** Reads back whether the host keeps silent, on every interface that it has. */
  readSilence(): Promise<Silence>;
  /** The settings on which silence depends, as they are now. */
  readSettings(): Promise<HostSettings>;
  /**
   * What the settings must be so that no interface answers or announces ARP for an address on loopback. `found`: what
   * `readSettings` gave.
   */
  silentSettings(found: HostSettings): HostSettings;
  writeSettings(settings: HostSettings): Promise<void>;
  /** Has the host set these settings by itself after a reboot. */
  keepSettings(settings: HostSettings): Promise<void>;
  /** Takes back what `keepSettings` did. */
  forgetSettings(): Promise<void>;
  /** Reads back which of these addresses the guard covers. */
  guarded(addresses: readonly string[]): Promise<ReadonlySet<string>>;
  /** Makes the guard anew with exactly these addresses. There is no moment without it. */
  loadGuard(addresses: readonly string[]): Promise<void>;
  /** Puts addresses into a guard that is in force. */
  guard(addresses: readonly string[]): Promise<void>;
  /** Takes addresses out of it. */
  unguard(addresses: readonly string[]): Promise<void>;
  /** Takes the guard away. */
  dropGuard(): Promise<void>;
  /** Puts addresses on loopback. Does as many as it can; rejects, with the reason, when one was refused. */
  bind(addresses: readonly string[]): Promise<void>;
  /** Takes addresses off loopback, in the same manner. */
  unbind(addresses: readonly string[]): Promise<void>;
}
