import { DEFAULT_SETTINGS } from '../exchange/settings.js'
import { conf } from './conf.js'
import type { Entry } from './entry.js'
import { describeLater, describeMembers, type Metadata } from './metadata.js'
import { SETTING_RULES } from './setting-rules.js'
import { SETTING_NAMES, shortText } from './setting-values.js'

/** The settings. */
export const CONF_ENTRIES: readonly Entry[] = [
  [
    'conf',
    conf,
    () => ({
      summary: 'The settings of the session: alone it shows all, conf.NAME is one, and assigning changes it.',
      usage: 'conf, conf.NAME = value, conf.reset(name), conf.save()',
      parameters: SETTING_NAMES.map((name) => {
        const { summary, type, choices, takes } = SETTING_RULES[name]
        return {
          name,
          type,
          summary: choices === undefined && type !== 'boolean' ? `${summary}: ${takes}` : summary,
          default: standardOf(name),
          ...(choices === undefined ? {} : { choices }),
          ...(name === 'iface' ? { values: 'interface' as const } : {}),
        }
      }),
      errors: ['OptionError: there is no such setting, or it does not take the value; the old value stays'],
      example: 'conf.timeout = 5',
      examples: ['conf', "conf.reset('timeout')", 'conf.rows'],
      see: ['doctor', '.config'],
    }),
  ],
]

describeLater(() => {
  describeMembers('Conf', {
    ...Object.fromEntries(SETTING_NAMES.map((name) => [name, settingMetadata(name)])),
    reset: {
      summary: 'Gives a setting its default, or all of them.',
      usage: 'conf.reset(name)',
      positionals: [
        { name: 'name', type: 'string', summary: 'the setting', default: 'all', choices: [...SETTING_NAMES] },
      ],
      errors: ['OptionError: there is no such setting'],
      example: "conf.reset('timeout')",
    },
    save: {
      summary:
        'Writes the settings that differ from their defaults to the config file; what else is in it stays, comments too.',
      usage: 'conf.save()',
      errors: ['OptionError: the file cannot be written, or what is in it is wrong'],
    },
  })
})

function settingMetadata(name: (typeof SETTING_NAMES)[number]): Metadata {
  const { summary, details, takes, type, choices, example } = SETTING_RULES[name]
  return {
    summary: `${summary[0]!.toUpperCase()}${summary.slice(1)}.${details === undefined ? '' : ` ${details}`}`,
    usage: `conf.${name} = ${shortText(example)}`,
    parameters: [
      {
        name: 'value',
        type,
        summary: takes,
        default: standardOf(name),
        ...(choices === undefined ? {} : { choices }),
        ...(name === 'iface' ? { values: 'interface' as const } : {}),
      },
    ],
    errors: ['OptionError: it does not take the value; the old one stays'],
    example: `conf.${name} = ${shortText(example)}${name === 'iface' ? "; conf.reset('iface')" : ''}`,
  }
}

function standardOf(name: (typeof SETTING_NAMES)[number]): string {
  return SETTING_RULES[name].unset ?? shortText(DEFAULT_SETTINGS[name])
}
