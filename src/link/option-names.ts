import { suggestion } from '../packet/errors.js'
import { LinkError } from './link.js'

/**
 * A mistyped option must not be passed over in silence.
 * @throws LinkError (`BAD_OPTION`) for an option that the function does not have
 */
export function checkOptionNames(name: string, options: object, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null)
    throw new LinkError('BAD_OPTION', `${name}: options are an object such as {${known[0]}: …}`)
  for (const option of Object.keys(options)) {
    if (known.includes(option)) continue
    const near = suggestion(option, known)
    throw new LinkError(
      'BAD_OPTION',
      `${name} has no option '${option}'${near === '' ? `; its options are ${known.join(' ')}` : near}`,
    )
  }
}

/** @throws LinkError (`BAD_OPTION`) unless the option is unset or text */
export function checkText(name: string, option: string, value: unknown, example: string): void {
  if (value === undefined || (typeof value === 'string' && value !== '')) return
  throw new LinkError('BAD_OPTION', `${name}: option ${option} must be text such as '${example}', not ${shown(value)}`)
}

/** The value as it was typed, as far as one line holds it. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
