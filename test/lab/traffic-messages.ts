/** What the lab and its traffic program say to each other. */
export type TrafficOrder =
  | { readonly id: number; readonly do: 'get'; readonly url: string }
  /** One UDP datagram, so that the kernel must ask for the neighbour. */
  | { readonly id: number; readonly do: 'knock'; readonly address: string; readonly port: number };

/** An answer that came whole. */
export interface Got {
  /** Name of the real server. */
  readonly servedBy: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

export type TrafficNews =
  | { readonly id: number; readonly kind: 'begun'; readonly servedBy: string }
  | { readonly id: number; readonly kind: 'done'; readonly got: Got }
  | { readonly id: number; readonly kind: 'failed'; readonly reason: string };
