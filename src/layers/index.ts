/** All layers. The program takes on-demand.ts in place of groups.ts, so that it starts with the usual ones only: see scripts/build.mjs. */
export * from './groups.js'
