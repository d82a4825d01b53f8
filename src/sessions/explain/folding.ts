/** Which steps of a conversation are drawn: of long ones the ends, and what went wrong between. */
import type { Phase, Side, Step } from './step.js'

/** Steps of a phase that are drawn at its beginning and at its end. */
const HEAD = 7
const TAIL = 4
/** Steps between that are drawn since there is something to say of them. */
const MOST_TROUBLE = 12
/** Of the same that happens again and again, so many. */
const MOST_OF_A_KIND = 2
/** Fewer are not worth folding. */
const LEAST = 3

/** A step that is drawn, or several that are not. */
export type Rung = { step: Step } | { folded: Fold }

/** Steps that are not drawn. */
export interface Fold {
  packets: number
  from: Readonly<Record<Side, number>>
  /** Bytes of data in them. */
  data: number
}

/** The steps of a phase as they are drawn. @param all nothing is folded */
export function rungsOf(steps: readonly Step[], { first, last }: Phase, all: boolean): Rung[] {
  const rungs: Rung[] = []
  let run: Step[] = []
  let trouble = 0
  const kinds = new Map<string, number>()
  const isNews = (step: Step): boolean => {
    const bad = step.notes.filter((note) => note.isTrouble).map(({ text }) => text.replace(/\d+/g, ''))
    const isNew = trouble < MOST_TROUBLE && bad.some((kind) => (kinds.get(kind) ?? 0) < MOST_OF_A_KIND)
    if (isNew) for (const kind of bad) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
    return isNew
  }
  const flush = (): void => {
    if (run.length >= LEAST) rungs.push({ folded: foldOf(run) })
    else rungs.push(...run.map((step) => ({ step })))
    run = []
  }
  for (let place = first; place <= last; place++) {
    const step = steps[place]!
    const isEnd = place < first + HEAD || place > last - TAIL
    const isTrouble = !isEnd && isNews(step)
    if (all || isEnd || isTrouble) {
      flush()
      if (isTrouble) trouble++
      rungs.push({ step })
    } else run.push(step)
  }
  flush()
  return rungs
}

function foldOf(run: readonly Step[]): Fold {
  const count = (side: Side): number => run.filter(({ from }) => from === side).length
  return {
    packets: run.length,
    from: { client: count('client'), server: count('server') },
    data: run.reduce((total, { fresh }) => total + fresh, 0),
  }
}
