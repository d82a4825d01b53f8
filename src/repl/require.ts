import type { Globals } from './evaluate.js'

/** `require`, as in node's own prompt: modules are found from the folder of `file`. Made when it is first used. */
export function requireFrom(file: string): Globals {
  return {
    get require() {
      return process.getBuiltinModule('node:module').createRequire(file)
    },
  }
}
