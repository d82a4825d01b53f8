/** Changing settings, checked, and where each value comes from. */
import { OptionError } from '../exchange/index.js'
import { changeSetting, DEFAULT_SETTINGS, type Settings, setting } from '../exchange/settings.js'
import { SETTING_RULES, type SettingRule } from './setting-rules.js'

/** Where a value comes from: it is the default, the config file had it, or it was set since. */
export type SettingOrigin = 'default' | 'file' | 'session'

/** The names of all settings. */
export const SETTING_NAMES = Object.keys(SETTING_RULES) as (keyof Settings)[]

const origins = new Map<keyof Settings, SettingOrigin>()

/** Whether there is a setting of this name. */
export function isSetting(name: string): name is keyof Settings {
  return Object.hasOwn(SETTING_RULES, name)
}

/** Where the value of a setting comes from. */
export function originOf(name: keyof Settings): SettingOrigin {
  return origins.get(name) ?? 'default'
}

/** Why a setting does not take a value, in words; undefined: it does. Null stands for unset. */
export function settingProblem(name: keyof Settings, value: unknown): string | undefined {
  const rule: SettingRule<unknown> = SETTING_RULES[name]
  const problem = rule.problem(value ?? undefined)
  return problem === true ? `it takes ${rule.takes}` : problem
}

/** Changes a setting. @throws OptionError that says what it takes; the old value stays then */
export function changeChecked(name: keyof Settings, value: unknown, origin: SettingOrigin = 'session'): void {
  const problem = settingProblem(name, value)
  if (problem !== undefined)
    throw new OptionError(
      `conf.${name} cannot be ${shortText(value)}: ${problem}${problem.endsWith('?') ? '' : '.'} It stays ${shortText(setting(name))}`,
    )
  put(name, (Array.isArray(value) ? Object.freeze([...value]) : (value ?? undefined)) as Settings[typeof name], origin)
}

/** Gives a setting its default. */
export function resetSetting(name: keyof Settings): void {
  put(name, DEFAULT_SETTINGS[name], 'default')
}

/** Notes that the file has all that differs from the defaults. */
export function settingsAreSaved(): void {
  for (const name of SETTING_NAMES) origins.set(name, isDefault(name) ? 'default' : 'file')
}

/** Whether a setting has its default value. */
export function isDefault(name: keyof Settings): boolean {
  return JSON.stringify(setting(name)) === JSON.stringify(DEFAULT_SETTINGS[name])
}

/** A value as it would be typed; `unset` for none. */
export function shortText(value: unknown): string {
  if (value === undefined || value === null) return 'unset'
  if (typeof value === 'string') return `'${value.length > 60 ? `${value.slice(0, 59)}…` : value}'`
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[${value.map(shortText).join(', ')}]`
  return typeof value === 'object' ? 'an object' : typeof value === 'function' ? 'a function' : String(value)
}

function put<K extends keyof Settings>(name: K, value: Settings[K], origin: SettingOrigin): void {
  origins.set(name, origin)
  changeSetting(name, value)
}
