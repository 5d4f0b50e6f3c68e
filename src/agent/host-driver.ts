/**
 * What the agent asks of an operating system. A driver does and reads back; it decides nothing.
 * Every method may be repeated, and a crash between any two of them must leave the host silent.
 */
import type { HostView, Silence } from './plan/host-view.js';

/** Settings of the host as the driver names them, with their values. */
export type HostSettings = Readonly<Record<string, number>>;

export interface HostDriver {
  /** The whole host. The very same object as the last time, as long as it would show the same. */
  observe(): Promise<HostView>;
  /**
   * The same as far as these addresses go: all other addresses are left out, and gateways may be those that `observe`
   * last saw. It costs a small part of it on a host with many addresses.
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
  /** Puts addresses on loopback. Does as many as it can; rejects, with the reason, when one was refused. */
  bind(addresses: readonly string[]): Promise<void>;
  /** Takes addresses off loopback, in the same manner. */
  unbind(addresses: readonly string[]): Promise<void>;
}
