/** What the engine's parts ask of the segments: to send and to hear the frames by which neighbours find each other. */

/** An interface that frames are sent on. */
export interface Card {
  /** The kernel's number of it. */
  readonly index: number;
  readonly mac: string;
}

/** Something that another machine said of an address that is heeded. */
export interface HeardOn {
  readonly means: 'owns' | 'probes';
  readonly address: string;
  readonly mac: string;
  readonly device: string;
  /** It is a director of this cluster, as the mark of what it sent tells, or has told lately. */
  readonly fellow: boolean;
  /** This very frame carried the mark. */
  readonly marked: boolean;
}

export type HeardListener = (heard: HeardOn) => void;

export interface Asking {
  readonly device: string;
  readonly address: string;
  /** In the name of this address of ours; left out: in nobody's. */
  readonly from?: string;
  /** This machine alone; left out: all. */
  readonly to?: string;
}

export interface Wire {
  /** Frames can be sent and heard. */
  readonly ready: boolean;
  /** Called when one of these two became otherwise. */
  onChange(listener: () => void): void;
  /** Why they cannot, on any interface. */
  readonly trouble: string | undefined;
  /** Why they cannot on this one, such as one that is down. */
  troubleOn(device: string): string | undefined;
  /** Resolves to `ready` once that is known; within a second or so. */
  begun(): Promise<boolean>;
  /** The interfaces to work on, by name. */
  standOn(cards: ReadonlyMap<string, Card>, cluster: string | undefined): void;
  /** From now on frames about the address are heard, until it was ignored as often. Those of fellows are in any case. */
  heed(addresses: readonly string[]): void;
  ignore(addresses: readonly string[]): void;
  /** Says on the segment that the address is here; to that machine alone, where one is named. */
  announce(device: string, address: string, to?: string): void;
  ask(asking: Asking): void;
  /** Returns a function that ends it. */
  listen(listener: HeardListener): () => void;
  /** Of that interface; undefined: it is none that was stood on. */
  macOf(device: string): string | undefined;
  /** Whether a director of this cluster has that Ethernet address. */
  isFellow(mac: string): boolean;
  stop(): Promise<void>;
}
