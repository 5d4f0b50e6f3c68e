/** What the bench and the process of its fake fleet say to each other. */
export interface FleetSettings {
  readonly apiUrl: string;
  readonly agents: readonly { readonly address: string; readonly joinToken: string }[];
}

export type ToFleet = { readonly kind: 'pace'; readonly ms: number } | { readonly kind: 'ask' };

export interface FleetState {
  /** VIPs that all agents together hold. */
  readonly vips: number;
  /** Every agent has reported all that it was handed. */
  readonly settled: boolean;
}

export type FromFleet = { readonly kind: 'joined' } | { readonly kind: 'state'; readonly state: FleetState };
