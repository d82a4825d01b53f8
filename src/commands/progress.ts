import { ProgressMeter, type ProgressParts, type Task } from '../exchange/index.js'
import { printable } from '../exchange/printable.js'
import { cutTo } from '../exchange/text-width.js'

/** Columns of a bar: fewer show nothing, more are not needed. */
const SHORTEST_BAR = 8
const LONGEST_BAR = 24

/** What runs, with what is known of it, in one line that has no more than `columns` characters: with a bar where there is room. */
export function progressLine({ subject, share, parts }: ProgressParts, columns: number): string {
  const text = `${subject}: ${parts.join(', ')}`
  const room = Math.min(LONGEST_BAR, columns - text.length - 1)
  if (share === undefined || room < SHORTEST_BAR) return cutTo(text, columns)
  const full = Math.round(share * room)
  return `${subject}: ${'━'.repeat(full)}${'─'.repeat(room - full)} ${parts.join(', ')}`
}

/** Several in one line: a short text of each, and how many there was no room for. */
function severalLine(all: readonly ProgressParts[], columns: number): string {
  const groups = new Map<string, ProgressParts[]>()
  for (const each of all) groups.set(each.subject, [...(groups.get(each.subject) ?? []), each])
  const texts = [...groups].map(([subject, [first, ...others]]) =>
    others.length === 0 ? `${subject} ${first!.parts.slice(0, 2).join(', ')}` : `${others.length + 1} × ${subject}`,
  )
  let line = texts[0]!
  let shown = 1
  for (; shown < texts.length; shown++) {
    const rest = texts.length - shown - 1
    const longer = `${line} · ${texts[shown]}`
    if (longer.length + (rest > 0 ? ` · ${rest} more`.length : 0) > columns) break
    line = longer
  }
  return cutTo(shown < texts.length ? `${line} · ${texts.length - shown} more` : line, columns)
}

/** Watches tasks and tells in one line how far they are. */
export class ProgressWatch {
  readonly #meters = new Map<Task<unknown>, ProgressMeter>()

  /**
   * How far tasks are that run at the same time; each is looked at.
   * @param columns that the line may have
   * @returns undefined while none has told anything
   */
  line(tasks: Iterable<Task<unknown>>, columns: number): string | undefined {
    const running = [...tasks]
    const known = new Set(running)
    for (const task of this.#meters.keys()) if (!known.has(task)) this.#meters.delete(task)
    const all = running.flatMap((task) => {
      let meter = this.#meters.get(task)
      if (meter === undefined) {
        meter = new ProgressMeter(task.began)
        this.#meters.set(task, meter)
      }
      return meter.parts(task.name, task.state) ?? []
    })
    if (all.length === 0) return undefined
    return printable(all.length === 1 ? progressLine(all[0]!, columns) : severalLine(all, columns))
  }
}
