/** How large a report may be. One that goes beyond is refused as a whole, so a node leaves out what does not fit. */

/** Characters of a message for people. */
export const LONGEST_MESSAGE = 2_048;
/** Conditions of a node as a whole. */
export const MOST_CONDITIONS = 64;
/** A host of containers has hundreds. */
export const MOST_INTERFACES = 1_024;
/** On one interface, VIPs of ours not counted. */
export const MOST_ADDRESSES = 256;
export const MOST_GATEWAYS = 64;

/** Characters of each text of a drift. */
export const LONGEST_DRIFT_TEXT = 128;
/** Windows gives an interface so long a name (NDIS_IF_MAX_STRING_SIZE), Linux one of 15 characters. */
export const LONGEST_INTERFACE_NAME = 256;
