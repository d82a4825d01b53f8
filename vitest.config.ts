import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Tests with real peers start servers and namespaces.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
