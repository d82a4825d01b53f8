/** Lines that change while something goes on, such as how far transfers are: who has a screen shows them, below what is printed. */

/** Gives the lines as they are now. @param columns that each may have */
export type LiveLines = (columns: number) => readonly string[]

/** Where they are shown. */
export interface LivePlace {
  readonly columns: number
  /** Shows these instead of those before. */
  show(lines: readonly string[]): void
}

/** Between two looks, ms. */
const INTERVAL = 200
/** Lines of all together: the rest of the screen is for something else. */
const MOST = 10

const sources = new Set<LiveLines>()
let place: LivePlace | undefined
let timer: NodeJS.Timeout | undefined

/** The shell gives its screen; undefined takes it away. Without one nothing is shown. */
export function setLivePlace(given: LivePlace | undefined): void {
  place?.show([])
  place = given
  look()
}

/** Whether there is a screen to show them on. */
export function hasLivePlace(): boolean {
  return place !== undefined
}

/** Shows these lines from now on. Returns the function that ends it. */
export function showLive(source: LiveLines): () => void {
  sources.add(source)
  look()
  return () => {
    if (sources.delete(source)) look()
  }
}

function look(): void {
  clearTimeout(timer)
  timer = undefined
  if (place === undefined) return
  const { columns } = place
  place.show([...sources].flatMap((source) => source(columns)).slice(0, MOST))
  if (sources.size > 0) timer = setTimeout(look, INTERVAL).unref()
}
