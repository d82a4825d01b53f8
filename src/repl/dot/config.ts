import { statSync } from 'node:fs'
import { configFile } from '../../commands/config-file.js'
import { originOf, SETTING_NAMES, shortText } from '../../commands/setting-values.js'
import { setting } from '../../exchange/settings.js'
import { shownPath } from '../../exchange/user-files.js'
import type { DotCommand } from '../dot-commands.js'
import { historyFile } from '../history.js'
import { startupFile } from '../startup.js'

/** Where the user's files are, and which settings differ from their defaults. */
export const config: DotCommand = {
  usage: '.config',
  summary: 'where settings, start script and history are; conf shows the settings',
  run(_argument, { face }) {
    const files = [
      ['settings', configFile(), 'conf.save() makes it'],
      ['start script', startupFile(), 'runs before the first prompt'],
      ['history', historyFile(), ''],
    ] as const
    const lines = files.map(([what, file, meaning]) => {
      const state = isThere(file) ? '' : `  none yet${meaning === '' ? '' : `; ${meaning}`}`
      return `${what.padEnd('start script'.length)}  ${shownPath(file)}${face.paint('gray', state)}`
    })
    const changed = SETTING_NAMES.filter((name) => originOf(name) !== 'default')
    for (const name of changed)
      lines.push(
        `conf.${name} = ${shortText(setting(name))}  ${face.paint('gray', originOf(name) === 'file' ? 'from the file' : 'set in this session')}`,
      )
    face.print(lines.join('\n'))
  },
}

function isThere(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false }) !== undefined
}
