/** What the user's config file says of serving: the section `serve` of config.json has defaults for all calls. */
import { statSync } from 'node:fs'
import { OptionError, report } from '../../exchange/index.js'
import { keepSecret } from '../../exchange/secrets.js'
import { configSection } from '../../exchange/settings.js'
import { shownPath } from '../../exchange/user-files.js'
import { checkTable, type OptionTable } from '../../tools/option-kinds.js'
import { SERVE_OPTIONS, type ServeOptions } from './serve-options.js'

/** Rights of a file: its group or all others may read it. */
const READABLE = 0o044

/** What only a call can say: it goes with what is served. */
const { name: _name, self: _self, ...DEFAULTS } = SERVE_OPTIONS

/**
 * The options of a call, with the user's own defaults for those that it does not give.
 * @throws OptionError that names the file and the line of the section, when something in it is wrong
 */
export function withConfig(given: ServeOptions): ServeOptions {
  const section = configSection('serve')
  if (section === undefined) return given
  const defaults = section.values as ServeOptions
  try {
    checkTable('serve', defaults, DEFAULTS as OptionTable<ServeOptions>)
  } catch (error) {
    if (!(error instanceof OptionError)) throw error
    throw new OptionError(`${section.place}: ${error.message}`)
  }
  if (typeof defaults.password === 'string') {
    keepSecret(defaults.password)
    warnIfReadable(section.file)
  }
  const { count, user, ...rest } = defaults
  const options: ServeOptions = { ...rest }
  for (const [option, value] of Object.entries(given))
    if (value !== undefined) Object.assign(options, { [option]: value })
  // These mean something only beside others, which the call may have switched off.
  if (count !== undefined && given.count === undefined && !options.openOnce) options.count = count
  if (user !== undefined && given.user === undefined && options.password) options.user = user
  return options
}

/** A password is a secret of ours only as long as nobody else reads the file. */
function warnIfReadable(file: string): void {
  const mode = statSync(file, { throwIfNoEntry: false })?.mode ?? 0
  if (process.platform === 'win32' || (mode & READABLE) === 0) return
  const shown = shownPath(file)
  report(`others can read the password in ${shown}: chmod 600 ${shown}`, 'warning')
}
