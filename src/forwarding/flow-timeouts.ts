/** How long the kernel remembers a flow, in seconds after its last packet; docs/adr/0009 tells why. */
export interface FlowTimeouts {
  /** TCP that carried data. */
  readonly established: number;
  /** TCP whose handshake was ended by an ACK, and that has not carried data. */
  readonly silent: number;
  /** TCP in its handshake. */
  readonly pending: number;
  /** TCP that was not seen to begin, or is closing. */
  readonly claimed: number;
  readonly datagrams: number;
}

export const FLOW_TIMEOUTS: FlowTimeouts = {
  established: 900,
  silent: 300,
  pending: 30,
  claimed: 30,
  datagrams: 60,
};
