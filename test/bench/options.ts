/** What `npm run bench -- …` takes. */
import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** How many services are present, one measurement after the other. */
  readonly sizes: readonly number[];
  /** Changes of each kind at each size. */
  readonly samples: number;
  /** Fewer rounds. */
  readonly quick: boolean;
  /** What alone is measured; null: everything but `api` and `datapath`. */
  readonly only: Part | null;
}

/**
 * What can be measured by itself: the agent's one file, in seconds; health checks, in a minute; requests to the API beside
 * a bare Nest, or what a packet costs, beside plain routing and another program's tables, in three; the API's memory while
 * 10,000 services come in, in four.
 */
const PARTS = ['agent', 'api', 'health', 'datapath', 'memory'] as const;
type Part = (typeof PARTS)[number];

/** A part is named as it is, or behind `--only`. `--quick` leaves out 10,000 services and all that is measured with them. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      samples: { type: 'string', default: '100' },
      only: { type: 'string' },
    },
  });
  const samples = Number(values.samples);
  if (!Number.isInteger(samples) || samples < 1) throw new Error('--samples is a whole number from 1');
  const named = values.only ?? positionals[0];
  const only = named === undefined ? null : partOf(named);
  const { quick } = values;
  return { sizes: quick ? [1, 1_000] : [1, 1_000, 10_000], samples, only, quick };
}

function partOf(text: string): Part {
  const part = PARTS.find((each) => each === text);
  if (part === undefined) throw new Error(`what is measured by itself is one of ${PARTS.join(', ')}`);
  return part;
}
