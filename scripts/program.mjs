// Makes the files of the program: its parts, wrapped so that cli.cjs can compile them with a code cache, and cli.cjs itself.
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'acorn'
import { buildParts } from './program-parts.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Inside the program, because they are small or must be the only copy (the TypeScript plugin extends the parser). */
const BUNDLED = ['acorn', '@sveltejs/acorn-typescript', 'commander']

/** Stands in for the keyword `import`; as long as that, so that columns in the source map stay right. */
const IMPORT = '$load$'
/** Hex digits at the start of a part that tell one build from another; cli.cjs names the code cache after them. */
const MARK_LENGTH = 16

/** What stands in dist/ for the program, as `{ name, content }`. */
export async function programFiles() {
  const { dependencies } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'))
  const parts = await buildParts({
    absWorkingDir: ROOT,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'warning',
    sourcemap: 'linked',
    sourcesContent: false,
    external: Object.keys(dependencies).filter((name) => !BUNDLED.includes(name)),
    // Identifiers keep their names: error messages and stacks show them.
    minifyWhitespace: true,
    minifySyntax: true,
    banner: {
      js:
        `/*${'0'.repeat(MARK_LENGTH)}*/(function(exports,require,module,__filename,__dirname,${IMPORT}){"use strict";` +
        'const importMetaUrl=require("node:url").pathToFileURL(__filename).href;',
    },
    footer: { js: '})' },
    define: {
      'import.meta.url': 'importMetaUrl',
      'import.meta.dirname': '__dirname',
      'import.meta.filename': '__filename',
    },
  })
  return [
    ...parts.flatMap(({ file, code, map }) => [
      { name: `${file}.cjs`, content: finished(code) },
      { name: `${file}.cjs.map`, content: map },
    ]),
    { name: 'cli.cjs', content: fs.readFileSync(path.join(ROOT, 'src/cli.cjs')) },
  ]
}

/** `import(x)` becomes a call of the function that cli.cjs hands in, and the mark of this build is written into the first comment. */
function finished(code) {
  const source = Buffer.from(code)
  const replace = (node) => {
    if (node === null || typeof node !== 'object') return
    if (node.type === 'ImportExpression') source.write(IMPORT, node.start, 'latin1')
    for (const value of Object.values(node)) replace(value)
  }
  replace(parse(source.toString('latin1'), { ecmaVersion: 'latest', sourceType: 'script' }))
  source.write(createHash('sha256').update(source).digest('hex').slice(0, MARK_LENGTH), 2, 'latin1')
  return source
}
