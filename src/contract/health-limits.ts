/** How much a health check may ask and expect. */

/** Bytes of a datagram, and of what is expected of the reply: as many as fit IPv6's least MTU of 1280 with all headers. */
export const LONGEST_DATAGRAM = 1_200;
/** Characters of what a page shall hold. */
export const LONGEST_EXPECTED_BODY = 1_024;
/** Milliseconds between two checks, and to wait for an answer. */
export const SHORTEST_INTERVAL_MS = 10;
/** Milliseconds between two checks, to wait for an answer, and of a slow start: an hour. */
export const LONGEST_INTERVAL_MS = 3_600_000;
