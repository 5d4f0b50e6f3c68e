/** What a node is doing, as far as is known. */
export const NODE_STATES = ['waiting-to-join', 'connected', 'away', 'leaving', 'left'] as const;
export type NodeState = (typeof NODE_STATES)[number];
