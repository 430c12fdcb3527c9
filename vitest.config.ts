import { defineConfig } from 'vitest/config'

const everywhere = {
  exclude: ['node_modules/**', '.cache/**'],
  restoreMocks: true,
  unstubEnvs: true,
  // A shared, slow machine may miss a moment that a test waits for; what fails twice is broken.
  retry: process.env['CI'] ? 1 : 0,
}

/** Longer stories, beside the ten minutes of `npm test`: `npm run test:long`. */
const long = [
  'aborts',
  'clock-steps',
  'deploy',
  'features',
  'freeze',
  'iam',
  'notifications',
  'payload-codec',
  'slack',
  'strategies',
  'time-skipping',
  'tracing',
  'web-decisions',
].map((name) => `test/${name}.test.ts`)

const whole = {
  ...everywhere,
  // Starts one Temporal server for the run; not run at all when only unit tests are asked for.
  globalSetup: ['test/support/global-setup.ts'],
  testTimeout: 120_000,
  hookTimeout: 180_000,
}

export default defineConfig({
  test: {
    // Two cores are the smallest machine that is supported; a Temporal server and the sandbox need their share.
    maxWorkers: 2,
    teardownTimeout: 30_000,
    projects: [
      {
        test: {
          ...everywhere,
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...everywhere.exclude, 'test/**'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          ...whole,
          name: 'integration',
          include: ['test/**/*.test.ts'],
          exclude: [...everywhere.exclude, ...long],
        },
      },
      { test: { ...whole, name: 'long', include: long } },
    ],
  },
})
