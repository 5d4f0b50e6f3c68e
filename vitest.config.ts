import { defineConfig } from 'vitest/config';

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
        test: {
          name: 'nodes',
          include: ['test/nodes/**/*.spec.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // They mostly wait for the kernel. Each file has hosts of its own; after all others, which keep both cores busy.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
