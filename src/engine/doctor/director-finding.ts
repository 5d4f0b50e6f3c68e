import type { ToldFinding } from '../../platform/finding-text.js';

/** Nothing gets through, some packets get lost, or all is well and would not stay so. */
export const SEVERITIES = ['no-traffic', 'wrong-traffic', 'at-risk'] as const;

export interface DirectorFinding extends ToldFinding {
  readonly severity: (typeof SEVERITIES)[number];
}
