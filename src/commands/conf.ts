/** `conf`: the settings of the session as one object, each assignment checked. */
import { inspect } from 'node:util'
import { OptionError } from '../exchange/index.js'
import { DEFAULT_SETTINGS, type Settings, setting } from '../exchange/settings.js'
import { wrapped } from '../exchange/text-width.js'
import { shownPath } from '../exchange/user-files.js'
import { closest, print, suggestion } from '../packet/index.js'
import { configFile, saveSettings } from './config-file.js'
import { SETTING_RULES } from './setting-rules.js'
import {
  changeChecked,
  isDefault,
  isSetting,
  originOf,
  resetSetting,
  SETTING_NAMES,
  shortText,
} from './setting-values.js'

/** Narrower is no column to read in. */
const NARROWEST = 24
/** A longer value does not widen its column. */
const WIDEST_VALUE = 20

/** The settings, and what can be done with all of them. */
class Conf {
  /** Gives a setting its default, or all of them. */
  reset(name?: string): void {
    if (name === undefined) {
      for (const each of SETTING_NAMES) resetSetting(each)
      return
    }
    if (typeof name !== 'string' || !isSetting(name)) throw unknownSetting(String(name))
    resetSetting(name)
  }

  /** Writes what differs from the defaults to the config file, from where the next session has it. */
  save(): void {
    const names = saveSettings()
    const what = names.length === 0 ? 'all settings have their defaults' : names.join(', ')
    print(`saved in ${shownPath(configFile())}: ${what}`)
  }

  toJSON(): object {
    return Object.fromEntries(SETTING_NAMES.map((name) => [name, setting(name) ?? null]))
  }

  /** The table of all settings, 80 columns wide. */
  toString(): string {
    return table(80, (text) => text)
  }

  [inspect.custom](
    depth: number,
    options: { breakLength?: number; stylize?: (text: string, style: string) => string },
  ) {
    if (depth < 0) return '[Conf]'
    const { breakLength = 78, stylize = (text) => text } = options
    return table(Number.isFinite(breakLength) ? breakLength + 2 : 80, stylize)
  }
}

for (const name of SETTING_NAMES) {
  Object.defineProperty(Conf.prototype, name, {
    enumerable: true,
    get: () => setting(name),
    set: (value: unknown) => changeChecked(name, value),
  })
}
// What is found nowhere else ends here, so a mistyped name is noticed; `conf` itself stays an ordinary object, which Tab can look at.
const nowhere = new Proxy(Object.create(Object.prototype) as object, {
  get(target, name, receiver) {
    if (typeof name !== 'string' || name in target) return Reflect.get(target, name, receiver) as unknown
    if (closest(name, SETTING_NAMES) === undefined) return undefined
    throw unknownSetting(name)
  },
  set(_target, name) {
    throw unknownSetting(String(name))
  },
})
Object.setPrototypeOf(Conf.prototype, nowhere)

/** The settings of the session: reading one gives its value, assigning checks it. */
export const conf = Object.preventExtensions(new Conf()) as Conf & Settings

function unknownSetting(name: string): OptionError {
  return new OptionError(
    `conf has no setting '${name}'${suggestion(name, SETTING_NAMES) || '; conf shows all of them'}`,
  )
}

function table(width: number, stylize: (text: string, style: string) => string): string {
  const changed = SETTING_NAMES.some((name) => !isDefault(name))
  const rows = SETTING_NAMES.map((name) => {
    const standard = valueText(name, DEFAULT_SETTINGS[name])
    return {
      name,
      value: valueText(name, setting(name)),
      standard: isDefault(name) ? '' : standard,
      from: originOf(name),
    }
  })
  const columnWidth = (heading: string, texts: readonly string[]): number =>
    Math.min(WIDEST_VALUE, Math.max(heading.length, ...texts.map((text) => text.length)))
  const widths = [
    columnWidth('', SETTING_NAMES),
    columnWidth(
      'value',
      rows.map(({ value }) => value),
    ),
    ...(changed
      ? [
          columnWidth(
            'default',
            rows.map(({ standard }) => standard),
          ),
          'session'.length,
        ]
      : []),
  ]
  const indent = widths.reduce((sum, each) => sum + each + 2, 0)
  const room = Math.max(NARROWEST, width - indent)
  const headings = ['', 'value', ...(changed ? ['default', 'from'] : []), 'meaning']
  const lines = [stylize(cellsText(headings, widths), 'undefined')]
  for (const { name, value, standard, from } of rows) {
    const { summary, type } = SETTING_RULES[name]
    const meaning = wrapped(summary, indent, indent + room)
    const style = setting(name) === undefined ? 'undefined' : type === 'string[]' ? 'string' : type
    const cells = [name, value, ...(changed ? [standard, from === 'default' ? '' : from] : [])]
    const plain = cellsText(cells, widths)
    const place = widths[0]! + 2
    lines.push(
      `${stylize(plain.slice(0, place), isDefault(name) ? 'name' : 'special')}${stylize(value, style)}${plain.slice(place + value.length)}${meaning}`,
    )
  }
  const closing = `conf.timeout = 5 sets one, conf.save() keeps them in ${shownPath(configFile())}, help('conf.timeout') tells more`
  return [
    ...lines,
    ...wrapped(closing, 0, width)
      .split('\n')
      .map((line) => stylize(line, 'undefined')),
  ].join('\n')
}

/** A value in the table; of one that is unset what that means. */
function valueText(name: keyof Settings, value: unknown): string {
  return value === undefined ? (SETTING_RULES[name].unset ?? 'unset') : shortText(value)
}

/** Cells side by side; one that is too long pushes the others. */
function cellsText(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, column) => (widths[column] === undefined ? cell : `${cell.padEnd(widths[column]! + 1)} `))
    .join('')
}
