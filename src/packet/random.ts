/**
 * Random field values: a new value for every packet that is built or iterated, the same series again after `seed(n)`.
 * They may stand for a field's value, or inside one: in lists, options, and layers in lists.
 */
export * from './random-addresses.js'
export * from './random-numbers.js'
export { RandRegExp } from './random-regexp.js'
export { RandomValue, seed } from './random-source.js'
export * from './random-texts.js'
