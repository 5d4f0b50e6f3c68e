import { defineConfig } from 'vitest/config';

const ALONE = 'test/nodes/{engine-*,embedded-postgres,namespaces}.spec.ts';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.spec.ts', 'test/{stories,lab,bench,support}/**/*.spec.ts'],
          isolate: false,
        },
      },
      {
        test: {
          name: 'api',
          include: ['test/api/**/*.spec.ts'],
          globalSetup: ['test/support/postgres.global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // They count what the kernel and the engine do in a short while, and need the machine to themselves.
        test: {
          name: 'nodes-alone',
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
