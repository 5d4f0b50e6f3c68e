/** A change that one rule alone refuses. For specs. */
import type { quietSurroundings, sampleService } from '../sample-service.fake.js';
import type { Rule } from './rule.js';

export type RefusedChange = readonly [
  sentence: string,
  rule: Rule,
  parts: Parameters<typeof sampleService>[0],
  around: Parameters<typeof quietSurroundings>[0],
  expected: { code: string; field: string; kind: string },
];
