import { wordsOf } from '../../exchange/command-words.js'
import { atHome } from '../../exchange/invoking-user.js'
import { reasonOf } from '../../exchange/user-files.js'
import type { DotCommand } from '../dot-commands.js'
import type { Recording } from '../recording.js'
import type { Shell } from '../shell.js'

/** One terminal, one recording. */
const running = new WeakMap<Shell, { recording: Recording; file: string }>()

/** Records what the terminal shows. */
export const record: DotCommand = {
  usage: '.record FILE | stop',
  summary: 'record what is shown, for asciinema',
  completes: 'file',
  async run(argument, shell) {
    const { face } = shell
    const words = wordsOf(argument)
    const force = words.includes('--force')
    const [file, ...more] = words.filter((word) => word !== '--force')
    const now = running.get(shell)
    const goesOn = now?.recording.open === true
    if (file === 'stop' && more.length === 0) {
      running.delete(shell)
      if (now === undefined) face.print('.record: nothing is being recorded')
      else if (!goesOn) face.print(`.record: ${now.file} ended early: ${(now.recording.error as Error).message}`)
      else {
        const { seconds } = now.recording
        now.recording.stop()
        face.print(`recorded ${Math.round(seconds)} s; asciinema play ${now.file} plays it`)
      }
      return
    }
    if (goesOn) {
      face.print(`${now.file} is being recorded, ${Math.round(now.recording.seconds)} s so far; .record stop ends it`)
      return
    }
    if (file === undefined || more.length > 0) {
      face.print('.record needs the name of a file: .record demo.cast; .record stop ends it')
      return
    }
    const [{ NewFileError, newFile }, { Recording }] = await Promise.all([
      import('./new-file.js'),
      import('../recording.js'),
    ])
    try {
      const descriptor = newFile(atHome(file), 0o600, force)
      // Said first: the recording begins with an empty screen.
      face.print(`recording to ${file} all that is shown, secrets too; .record stop ends it`)
      const recording = new Recording(descriptor, face)
      if (recording.open) running.set(shell, { recording, file })
      else face.print(`.record: ${file} cannot be written: ${reasonOf(recording.error)}`)
    } catch (error) {
      if (!(error instanceof NewFileError)) throw error
      face.print(`.record: ${error.message}`)
    }
  },
}
