/**
 * What the browser runs, as text. The functions are ordinary TypeScript, checked and formatted as all else, and are sent as the text that
 * they have when netshell runs; so each may use only what it is given, never what stands around it in its file.
 */
import { boundValue } from './browser/bound-value.js'
import { drawing } from './browser/draw.js'
import { drawList } from './browser/draw-list.js'
import { runFrame } from './browser/frame.js'
import { notes } from './browser/notes.js'
import { runPage } from './browser/page.js'
import { sandbox } from './browser/sandbox.js'
import { runWorker } from './browser/worker.js'
import { PROPERTIES } from './model.js'

/** Of the page. */
export function pageScript(): string {
  return `(${runPage})(window, {
properties: ${JSON.stringify(PROPERTIES)},
boundValue: ${boundValue},
drawing: ${drawing},
drawList: ${drawList},
notes: ${notes},
sandbox: ${sandbox},
})
`
}

/** Of the frame. */
export function frameScript(): string {
  return `(${runFrame})(window)`
}

/** Functions found in the source by how they are written; those that are declared in other ways are not seen. */
const NAMES = /\b(?:function\s*\*?\s*|(?:const|let|var)\s+)([A-Za-z_$][\w$]*)/g
const MOST_NAMES = 2000

/**
 * Of the worker: our part, the source of the handlers as it is, and the list of its functions. One script, so that functions that are
 * kept in `const` are found too.
 * @param wanted names of handlers that the interface asks for, besides those that begin with `on_`
 */
export function workerScript(handlers: string, wanted: ReadonlySet<string>): { source: string; linesBefore: number } {
  const before = (lines: number) =>
    `const netshell$ready = (${runWorker})(self, ${JSON.stringify(PROPERTIES)}, ${boundValue}, ${lines});\n`
  const linesBefore = before(0).split('\n').length - 1
  const isWanted = (name: string) => name.startsWith('on_') || wanted.has(name)
  const names = [...new Set([...handlers.matchAll(NAMES)].map(([, name]) => name!))].filter(isWanted)
  // Names in inner functions and in comments are in the list too: `typeof` asks without harm.
  const found = names.slice(0, MOST_NAMES).map((name) => `${name}: typeof ${name} === 'function' ? ${name} : undefined`)
  return { source: `${before(linesBefore)}${handlers}\n;netshell$ready({ ${found.join(', ')} })\n`, linesBefore }
}
