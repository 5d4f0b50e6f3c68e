import { accessSync, constants, statfsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const ALONE =
  'test/nodes/{engine-{affinity,drift,floods,forwarding,kernel,scale,self-repair},embedded-postgres,namespaces}.spec.ts';

/** A minute or two each, most of it waiting: begun last, they would be waited for alone. */
const LONGEST = ['lab', 'agent-crash', 'lab-endure', 'agent-drift', 'diagnosis', 'agent-proofs'];

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

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const place = sorted.findIndex(({ project }) => project.name === 'nodes');
    const long = LONGEST.flatMap((name) =>
      sorted.filter(({ moduleId }) => moduleId.endsWith(`/test/nodes/${name}.spec.ts`)),
    );
    const rest = sorted.filter((each) => !long.includes(each));
    return [...rest.slice(0, place), ...long, ...rest.slice(place)];
  }
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
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'api',
          // Each file makes an API and a database of its own; what they import is the same, and takes seconds to load.
          isolate: false,
          include: ['test/api/**/*.spec.ts'],
          globalSetup: ['test/support/postgres.global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      {
        // They count what the kernel and the engine do in a short while, and need the machine to themselves.
        test: {
          name: 'nodes-alone',
          isolate: false,
          include: [ALONE],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // They mostly wait for the kernel; each file has hosts of its own.
        test: {
          name: 'nodes',
          isolate: false,
          include: ['test/nodes/**/*.spec.ts'],
          exclude: [ALONE],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 4,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
