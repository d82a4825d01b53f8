import { printable } from '../../exchange/printable.js'
import { reasonOf, shownPath } from '../../exchange/user-files.js'
import type { DotCommand } from '../dot-commands.js'
import { historyFile } from '../history.js'

/** Entries that are listed when no number is given. */
const USUAL = 20

/** Lists what was typed, or forgets it. */
export const history: DotCommand = {
  usage: '.history [N|TEXT|clear]',
  summary: 'what was typed: the last 20 or N, or what has TEXT in it; clear forgets it',
  async run(argument, { face, history: kept }) {
    if (argument === 'clear') {
      try {
        kept.clear()
        face.print('the history is empty')
      } catch (error) {
        face.print(`.history: the file cannot be emptied: ${reasonOf(error)}`)
      }
      return
    }
    // What is typed just now is no news.
    const all = kept.entries.filter((entry, i) => i > 0 || !/^\s*\.history\b/.test(entry))
    const found = /^\d+$/.test(argument) ? all.slice(0, Number(argument)) : matching(all, argument)
    if (found.length === 0) {
      face.print(
        argument === '' || all.length === 0 ? 'nothing was typed yet' : `nothing typed has '${argument}' in it`,
      )
      return
    }
    const lines = found.toReversed().map((entry) => printable(entry).replaceAll('\n', '\n  '))
    const more = argument === '' && all.length > found.length ? all.length - found.length : 0
    if (more > 0)
      lines.unshift(
        face.paint('gray', `${more} older: .history ${all.length}, .history TEXT, or ${shownPath(historyFile())}`),
      )
    await face.page(lines.join('\n'))
  },
}

function matching(all: readonly string[], text: string): string[] {
  if (text === '') return all.slice(0, USUAL)
  const wanted = text.toLowerCase()
  return all.filter((entry) => entry.toLowerCase().includes(wanted))
}
