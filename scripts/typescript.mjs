// Lets Node run the TypeScript sources as they are: `node --import ./scripts/typescript.mjs FILE.ts`.
// ts-node's own `--loader` flag no longer works on Node 20; `module.register` does. Types are left to `npm run check:types`.
import { register } from 'node:module'

process.env.TS_NODE_TRANSPILE_ONLY ??= 'true'
process.env.TS_NODE_PROJECT ??= new URL('../tsconfig.json', import.meta.url).pathname
register('ts-node/esm', import.meta.url)
