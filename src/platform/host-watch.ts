/**
 * What tells a node that something on the host moved. An event only means `look again soon`: what moved is found by
 * looking, so that an event that is lost, late or made up costs time and never the truth.
 */
export interface HostWatch {
  /** `onMoved` is also called whenever events may have been missed. Call it once. */
  start(onMoved: () => void): void;
  /** Why nothing is heard of some events at present, in words for people; null: all is heard. */
  readonly trouble: string | null;
  /** Resolves when nothing of it runs any more. */
  stop(): Promise<void>;
}
