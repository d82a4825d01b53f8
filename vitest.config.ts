import { availableParallelism } from 'node:os'
import { configDefaults, defineConfig } from 'vitest/config'
import { SecondTries } from './test/second-tries.js'

/** Two at a time even on two cores: half of the time is spent in waiting for peers and for the end of programs. */
const WORKERS = Math.max(2, availableParallelism() - 1)

/**
 * Tests that only calculate, and leave nothing behind in the library. They share its modules, so that it is read, and what V8
 * makes of it is compiled, once for each worker: for each file anew that takes longer than most of them.
 */
const CALCULATING = ['test/layers/**/*.test.ts', 'test/packet/places.test.ts']

/** Tests that expect something within so many milliseconds, or so many packets within a second. */
const IN_TIME = [
  'test/lab/flood.test.ts',
  'test/link/vlan.test.ts',
  'test/repl/interrupt-blocked.test.ts',
  'test/tools/dhcp.test.ts',
]

/**
 * Tests with programs of others, browsers and terminals, on a machine that others use too, are run once more where nobody is
 * there to look; `second-tries.ts` tells of each at the end, and why it was.
 */
const TRIES = process.env.CI ? { retry: 1 } : {}

export default defineConfig({
  test: {
    reporters: ['default', new SecondTries()],
    // Tests with real peers start servers and namespaces.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // One after the other; those of one project run at the same time.
    projects: [
      {
        extends: true,
        test: {
          name: 'calculating',
          include: CALCULATING,
          isolate: false,
          maxWorkers: WORKERS,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          ...TRIES,
          name: 'acting',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...CALCULATING, ...IN_TIME],
          maxWorkers: WORKERS,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: { ...TRIES, name: 'in time', include: IN_TIME, maxWorkers: 1, sequence: { groupOrder: 3 } },
      },
    ],
  },
})
