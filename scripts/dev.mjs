// Runs netshell from its sources: `npm run dev -- ARGS`.
import './typescript.mjs'

const { main } = await import('../src/main.ts')
process.exitCode = await main(process.argv.slice(2))
