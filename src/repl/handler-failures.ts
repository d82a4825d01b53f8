/** What handlers of sessions threw, told above the line that is being typed, with its place. */
import { printable } from '../exchange/printable.js'
import type { Paint } from '../exchange/terminal-colours.js'
import { tellFailuresWith } from '../sessions/face/failures.js'
import { renderError } from './errors.js'
import type { Evaluator } from './evaluate.js'

/** From now on they are told by `print`, which gets whole lines. */
export function tellHandlerFailures(print: (text: string) => void, evaluator: Evaluator, paint: () => Paint): void {
  tellFailuresWith((where, error) => {
    const reason = renderError(error, evaluator, { paint: paint() })
    print(`${paint()('red', `${printable(where)}: a handler failed`)}\n${reason.replace(/^/gm, '  ')}`)
  })
}
