/** `netshell help NAME` for what is no subcommand: the same as `help('NAME')` at the prompt. */
import { printable } from '../exchange/printable.js'
import { paintFor } from '../exchange/terminal-colours.js'
import { helpFor } from './help.js'
import { namedSubject } from './help-subject.js'

/**
 * Prints the help of a name.
 * @returns whether there is any; what is said otherwise goes to standard error
 */
export function printHelpOf(name: string): boolean {
  const isKnown = namedSubject(name).kind !== 'nothing'
  const stream = isKnown ? process.stdout : process.stderr
  const text = helpFor(name, paintFor(stream), stream.isTTY ? stream.columns : undefined)
  stream.write(isKnown ? `${text}\n` : `netshell: ${printable(text)}\n`)
  return isKnown
}
