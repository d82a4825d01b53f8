/** The config file: settings that hold from the start of every session. */
import path from 'node:path'
import { OptionError } from '../exchange/index.js'
import { keepConfigSection, SECTION_NAMES, setting } from '../exchange/settings.js'
import { configFolder, readUserFile, reasonOf, shownPath, writeUserFile } from '../exchange/user-files.js'
import { suggestion } from '../packet/index.js'
import { changeCommentedJson, JsonError, readCommentedJson } from './commented-json.js'
import {
  changeChecked,
  isDefault,
  isSetting,
  SETTING_NAMES,
  settingProblem,
  settingsAreSaved,
  shortText,
} from './setting-values.js'

/** What a new file begins with. */
const HEADING = `// Settings of netshell: help(conf) says what each means, conf.save() writes those that differ from their defaults.
{
}
`

/** Where the config file is. */
export function configFile(): string {
  return path.join(configFolder(), 'config.json')
}

/**
 * Takes over what the config file sets. What is wrong in it is passed over, and told with file, line and remedy; never throws.
 * @param warn gets each warning, one line
 */
export function applyConfigFile(warn: (text: string) => void): void {
  const file = configFile()
  const found = readUserFile(file)
  if ('missing' in found) return
  const shown = shownPath(file)
  if ('refused' in found) {
    warn(`${shown} is not used: ${found.refused}`)
    return
  }
  try {
    for (const { key, value, line } of readCommentedJson(found.text)) {
      if (SECTION_NAMES.includes(key)) {
        const place = `${shown}:${line}`
        if (typeof value === 'object' && value !== null && !Array.isArray(value))
          keepConfigSection(key, { values: value as Record<string, unknown>, file, place })
        else warn(`${place}: ${key} must be an object of options: "${key}": { … }`)
        continue
      }
      if (!isSetting(key)) {
        const near = suggestion(key, [...SETTING_NAMES, ...SECTION_NAMES])
        warn(`${shown}:${line}: there is no setting '${key}'${near || '; conf lists them'}`)
        continue
      }
      const problem = settingProblem(key, value)
      if (problem === undefined) changeChecked(key, value, 'file')
      else warn(`${shown}:${line}: ${key} cannot be ${shortText(value)}: ${problem}`)
    }
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    warn(`${shown}:${error.line}: ${error.message}; nothing of this file is used`)
  }
}

/**
 * Writes what differs from the defaults into the config file; the rest of the file stays, comments too. Gives the names of what is in it.
 * @throws OptionError when the file cannot be written, or what is there is wrong
 */
export function saveSettings(): string[] {
  const file = configFile()
  const found = readUserFile(file)
  if ('refused' in found) throw new OptionError(`conf.save: ${file}: ${found.refused}`)
  const changed = SETTING_NAMES.filter((name) => !isDefault(name))
  const changes = new Map<string, unknown>()
  for (const name of SETTING_NAMES) changes.set(name, isDefault(name) ? undefined : setting(name))
  try {
    writeUserFile(
      file,
      changeCommentedJson('text' in found && found.text.trim() !== '' ? found.text : HEADING, changes),
    )
  } catch (error) {
    if (error instanceof JsonError)
      throw new OptionError(`conf.save: ${file}:${error.line}: ${error.message}; correct or remove the file first`)
    throw new OptionError(`conf.save: ${file} cannot be written: ${reasonOf(error)}`)
  }
  settingsAreSaved()
  return changed
}
