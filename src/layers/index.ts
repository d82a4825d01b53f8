/**
 * All layers. The program takes on-demand.ts in place of both files, so that it starts with the usual layers only: see scripts/build.mjs.
 */
export * from './all.js'
export * from './groups.js'
