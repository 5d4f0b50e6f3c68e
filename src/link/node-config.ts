/** What a node is told by its settings. */
export interface NodeConfig {
  /** Without a slash at the end. */
  readonly apiUrl: string;
  /** Needed once, to join. */
  readonly joinToken?: string;
  /** Absolute; made when absent. */
  readonly stateDir: string;
}
