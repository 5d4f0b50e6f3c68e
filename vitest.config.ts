import { accessSync, constants, statfsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const IN_PAIRS =
  'test/nodes/{engine-{affinity,drift,floods,forwarding,kernel,many-frames,scale,self-repair},embedded-postgres,namespaces}.spec.ts';

/** Ten seconds and more, most of it waiting for other programs: begun last, they would be waited for alone. */
const LONGEST = [
  ...['lab', 'agent-crash', 'lab-endure', 'agent-drift', 'diagnosis', 'agent-proofs'].map(
    (name) => `nodes/${name}`,
  ),
  ...['container-image', 'letting-go', 'swagger', 'crashes-before-the-reply', 'delivery'].map(
    (name) => `api/${name}`,
  ),
  // What has two seconds for a repair begins beside what counts nothing.
  ...['engine-self-repair', 'embedded-postgres', 'engine-floods', 'engine-scale'].map(
    (name) => `nodes/${name}`,
  ),
];

/** Of the API and the units. A third of an API spec's time goes to PostgreSQL, other programs and waits. */
const BESIDE_EACH_OTHER = 3;

const MEMORY = '/dev/shm';
const ENOUGH_BYTES = 512 * 1024 * 1024;

/** Files of unit tests are small and synced by the thousand: where the system keeps files in memory, no test waits for a disk. */
function temporaryDirectory(): { TMPDIR?: string } {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    return process.env['TMPDIR'] === undefined && bavail * bsize > ENOUGH_BYTES ? { TMPDIR: MEMORY } : {};
  } catch {
    return {};
  }
}

/** The files of each project, whose workers are kept for as long as the next file is of the same. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const projects = [...new Set(sorted.map(({ project }) => project))];
    return projects.flatMap((project) =>
      sorted.filter((each) => each.project === project).sort((one, other) => place(one) - place(other)),
    );
  }
}

function place({ moduleId }: TestSpecification): number {
  const index = LONGEST.findIndex((name) => moduleId.endsWith(`/test/${name}.spec.ts`));
  return index < 0 ? LONGEST.length : index;
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          env: temporaryDirectory(),
          include: ['src/**/*.spec.ts', 'test/{stories,lab,bench,support}/**/*.spec.ts'],
          isolate: false,
          maxWorkers: BESIDE_EACH_OTHER,
        },
      },
      {
        test: {
          name: 'api',
          // Each file makes an API and a database of its own; what they import is the same, and takes seconds to load.
          isolate: false,
          include: ['test/api/**/*.spec.ts'],
          globalSetup: ['test/support/postgres.global-setup.ts'],
          setupFiles: ['test/support/openapi/answers-are-documented.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: BESIDE_EACH_OTHER,
        },
      },
      {
        // They count what the kernel and the engine do in a short while: each needs a processor to itself.
        test: {
          name: 'nodes-in-pairs',
          isolate: false,
          include: [IN_PAIRS],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // They mostly wait for the kernel; each file has hosts of its own.
        test: {
          name: 'nodes',
          isolate: false,
          include: ['test/nodes/**/*.spec.ts'],
          exclude: [IN_PAIRS],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 5,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
