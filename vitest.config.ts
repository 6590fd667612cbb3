import { defineConfig } from 'vitest/config';

/** Tests that start processes, browsers or tokens share two cores: files run one after another in those folders. */
export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    allowOnly: false,
    passWithNoTests: false,
    projects: [
      { extends: true, test: { name: 'quick', include: ['test/{unit,contract,architecture,security}/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'process',
          include: ['test/{process,simulation,packaging}/**/*.test.ts'],
          testTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'host',
          include: ['test/{host,e2e,electron}/**/*.test.ts'],
          testTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
