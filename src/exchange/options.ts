import { PacketError, suggestion } from '../packet/index.js'

/** An option that is not there, or a value that it does not take: on the command line that is wrong usage. */
export class OptionError extends PacketError {
  override name = 'OptionError'
}

/** @throws OptionError for an option that the function does not have: a mistyped one must not be passed over in silence */
export function checkOptions(name: string, options: object, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null)
    throw new OptionError(`${name}: options are an object such as {${known[0]}: …}`)
  for (const option of Object.keys(options)) {
    if (known.includes(option)) continue
    const near = suggestion(option, known)
    throw new OptionError(
      `${name} has no option '${option}'${near === '' ? `; its options are ${known.join(' ')}` : near}`,
    )
  }
}

/** @throws OptionError unless `iface` is a name (or where several are fine, a list of names) and `link` a link */
export function checkPath(
  name: string,
  { iface, link, netns }: { iface?: unknown; link?: unknown; netns?: unknown },
  several = false,
): void {
  const names = several && Array.isArray(iface) ? iface : [iface ?? '']
  if (names.length === 0 || names.some((each) => typeof each !== 'string'))
    throw new OptionError(
      `${name}: option iface must be the name of an interface${several ? ', or a list of names' : ''}, such as 'eth0'; interfaces() lists them`,
    )
  if (link !== undefined && typeof (link as { capture?: unknown } | null)?.capture !== 'function')
    throw new OptionError(`${name}: option link must be a link, such as one of memoryLinkPair()`)
  if (netns !== undefined && (typeof netns !== 'string' || netns === ''))
    throw new OptionError(`${name}: option netns must be the name of a network namespace; ip netns lists them`)
}

/** @throws OptionError unless the option is a number that makes sense */
export function checkNumber(name: string, option: string, value: unknown, whole: boolean): void {
  if (typeof value === 'number' && value >= 0 && (!whole || Number.isInteger(value))) return
  throw new OptionError(
    `${name}: option ${option} must be a ${whole ? 'whole ' : ''}number, 0 or more, not ${String(value)}`,
  )
}
