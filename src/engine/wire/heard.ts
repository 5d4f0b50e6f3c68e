/** What a frame from the segment says of an address. */
export interface Heard {
  /** `owns`: it speaks in the name of the address. `probes`: it asks whether anybody has it, for it wants to. */
  readonly means: 'owns' | 'probes';
  readonly address: string;
  /** Of the machine that spoke, as those who hear it remember it. */
  readonly mac: string;
  /** Where directors leave their mark (mark.ts); of others anything. */
  readonly padding: Buffer;
}
