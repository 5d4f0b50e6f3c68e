/** How `homeward ctl` ends, for scripts. Stable: a number never changes its meaning. */
export const EXIT = {
  done: 0,
  /** `diff`: there is a difference. */
  differs: 1,
  /** The arguments, the settings or a file cannot be used. Nothing was asked of the API. */
  usage: 2,
  /** The API refused it, and nothing was changed. */
  refused: 3,
  notFound: 4,
  /** The same with `--approve`, where it is meant, is accepted. */
  needsApproval: 5,
  /** The API could not be reached, or failed, or its answer could not be written; whether a write was done is not known. */
  failed: 6,
  /** `--wait` and `progress`: it is stored, and nodes lack some of it. */
  notInForce: 7,
  /** The same: no node lacks any of it, and later revisions have changed some of it. */
  overtaken: 8,
} as const;
