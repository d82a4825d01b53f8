/** Colours, where they are wanted: the same for what the shell prints and for what the engine prints. */
export {
  codesForInspect,
  colouredPainter,
  type Paint,
  painterOf,
  paintFor,
  plain,
  type Style,
} from '../exchange/terminal-colours.js'
