/** What `npm run bench -- …` takes. */
import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** How many services are present, one measurement after the other. */
  readonly sizes: readonly number[];
  /** Changes of each kind at each size. */
  readonly samples: number;
  /** What alone is measured; null: everything. */
  readonly only: Part | null;
}

/** What can be measured by itself: the agent's one file, in seconds, or health checks, in a minute. */
const PARTS = ['agent', 'health'] as const;
type Part = (typeof PARTS)[number];

/** `--quick` leaves out 10,000 services and all that is measured with them. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      samples: { type: 'string', default: '100' },
      only: { type: 'string' },
    },
  });
  const samples = Number(values.samples);
  if (!Number.isInteger(samples) || samples < 1) throw new Error('--samples is a whole number from 1');
  const only = values.only === undefined ? null : partOf(values.only);
  return { sizes: values.quick ? [1, 1_000] : [1, 1_000, 10_000], samples, only };
}

function partOf(text: string): Part {
  const part = PARTS.find((each) => each === text);
  if (part === undefined) throw new Error(`--only knows ${PARTS.join(', ')}`);
  return part;
}
