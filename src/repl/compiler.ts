/** Parser and transform: loaded when the first line is evaluated, since a prompt stands without them. */
export { looksTyped, mayHaveTypes, parse } from './parse.js'
export { transform } from './transform.js'
