/** Objects that one bulk request may name, all of its lists together. */
export const MOST_OBJECTS = 1_000;

/** Real servers that one bulk request may bring along with its virtual services. */
export const MOST_SERVERS_BROUGHT = 10_000;

/** A thousand virtual services with ten real servers each, and some words about them, fit in. */
export const BULK_BODY_BYTES = 4_194_304;
