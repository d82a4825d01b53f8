import type { DotCommand } from '../dot-commands.js'
import { traceOf } from '../error-frames.js'

/** Tells all of the last error. */
export const trace: DotCommand = {
  usage: '.trace',
  summary: 'the whole stack of the last error, the lines of yours marked with >',
  run(_argument, { evaluator, face, lastError }) {
    return face.page(lastError === undefined ? 'no error yet' : traceOf(lastError, evaluator, face.paint))
  },
}
