/**
 * What the agent asks of an operating system. A driver does and reads back; it decides nothing.
 * Every method may be repeated, and a crash between any two of them must leave the host silent.
 */
import type { HostView, Silence } from './plan/host-view.js';

/** Settings of the host as the driver names them, with their values. */
export type HostSettings = Readonly<Record<string, number>>;

export interface HostDriver {
  observe(): Promise<HostView>;
  /** Reads back whether the host keeps silent, on every interface that it has. */
  readSilence(): Promise<Silence>;
  /** The settings that `silence` changes, as they are now. */
  readSettings(): Promise<HostSettings>;
  /** Sees to it that no interface answers or announces ARP for an address on loopback. */
  silence(): Promise<void>;
  /** Puts settings back that `readSettings` once gave. */
  restore(settings: HostSettings): Promise<void>;
  /** Puts addresses on loopback. Does as many as it can; rejects, with the reason, when one was refused. */
  bind(addresses: readonly string[]): Promise<void>;
  /** Takes addresses off loopback, in the same manner. */
  unbind(addresses: readonly string[]): Promise<void>;
}
