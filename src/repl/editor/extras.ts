/** The parts of the editor that the first prompt can do without: loaded when it stands. */
export { Completing } from './completing.js'
export { highlight, overlaid, painted } from './highlight.js'
export { Searching } from './searching.js'
