/**
 * How printed text looks is not the engine's business: it says what each piece is, and whoever prints gives that a look.
 * Without a painter all text is plain.
 */

/** What a piece of text is. */
export type Role =
  /** What belongs to one layer, and the line above a layer's fields: its number tells them apart. */
  | 'layer'
  | 'title'
  /** Names of fields. */
  | 'field'
  | 'number'
  | 'address'
  /** The name that a number stands for. */
  | 'name'
  | 'flags'
  | 'bytes'
  | 'list'
  /** Not set: computed when the packet is built, or a set or random value that is fixed then. */
  | 'open'
  /** What could not be read. */
  | 'problem'
  /** What is asked for, among other things. */
  | 'mark'
  /** Of two things compared, what only the first has, and what only the second. */
  | 'before'
  | 'after'
  /** Offsets, counts and the like. */
  | 'aside'

/** Gives a text the look of its role. The text may hold what a stranger sent; a painter makes it safe to print. */
export type Painter = (role: Role, text: string, layer?: number) => string

/** No look at all. */
export const unpainted: Painter = (_role, text) => text

let painterNow: () => Painter = () => unpainted
let painterOnDemand: () => Painter = () => unpainted

/**
 * Says how text is painted.
 * @param automatic asked before each print; gives {@link unpainted} where colours are not wanted
 * @param onDemand the same for whoever asks for colours (`show({ color: true })`); unset: as `automatic`
 */
export function setPainter(automatic: () => Painter, onDemand: () => Painter = automatic): void {
  painterNow = automatic
  painterOnDemand = onDemand
}

/**
 * The painter for a print. Text that is given back instead of printed is plain unless colours are asked for.
 * @param color true or false where it was asked for
 */
export function painterFor({ color, dump }: { color?: boolean; dump?: boolean }): Painter {
  if (color ?? (dump === true ? false : undefined)) return painterOnDemand()
  return color === undefined && dump !== true ? painterNow() : unpainted
}
