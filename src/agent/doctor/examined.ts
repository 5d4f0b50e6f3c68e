/** What a doctor found out about a host, before anything is made of it. */
import type { VipDocument, VipService } from '../../contract/documents.js';
import type { Kept } from '../../link/held/assemble-held.js';
import type { AddressPlaces } from '../../setup/host-plan/seen-host.js';
import type { HostView } from '../plan/host-view.js';
import type { HostReadings } from '../proofs/host-readings.js';
import type { PortOutcome } from '../proofs/outcome.js';

/** The whole host, with the guard of these VIPs, read without having set anything up. */
export type Examine = (vips: readonly VipDocument[]) => Promise<HostView>;

/** What came of asking a service. */
export interface Asked {
  readonly service: VipService;
  /** On the VIP; empty where the host does not hold it. */
  readonly outcomes: readonly PortOutcome[];
  /** Other addresses of the host on which it listens; looked for only where it refuses on the VIP. */
  readonly elsewhere: readonly string[];
}

export interface ExaminedVip {
  readonly document: VipDocument;
  readonly asked: readonly Asked[];
}

export interface Examined {
  readonly joined: boolean;
  /** By which operators know this host; empty where that is not known. */
  readonly addresses: readonly string[];
  /** Null: it cannot be told here. */
  readonly agentRuns: boolean | null;
  /** Of what the agent was last told. */
  readonly kept: Kept;
  /** What the agent wrote down of its own changes cannot be read whole. */
  readonly ledgerDamaged: boolean;
  readonly view: HostView;
  /** Of that view. */
  readonly places: AddressPlaces;
  readonly readings: HostReadings;
  readonly vips: readonly ExaminedVip[];
}
