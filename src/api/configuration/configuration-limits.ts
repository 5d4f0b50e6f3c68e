/** Virtual services that one configuration may hold: as many as the product is made for. */
export const MOST_SERVICES = 10_000;

/** Real servers of all of them together; one change holds them all, with what it was and what it becomes. */
export const MOST_SERVERS = 100_000;

/** Ten thousand virtual services with ten real servers each fit in, as they are exported. */
export const CONFIGURATION_BYTES = 16_777_216;

/** The same as YAML, which has fewer characters. */
export const CONFIGURATION_YAML_BYTES = 8_388_608;

/** Faults of entries that are told at once; more would help nobody. */
export const MOST_FAULTS = 1_000;
