import type { Plugin } from 'esbuild'

/** The program declares most layers when they are needed: see src/layers/on-demand.ts. */
export declare const layersOnDemand: Plugin
