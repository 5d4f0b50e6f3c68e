/** Bodies to choose from, by a short name; each can be sent as it stands. */
export type BodyExamples = Record<string, { readonly summary: string; readonly value: unknown }>;
