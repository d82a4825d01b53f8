/** Where output goes that is shown as it comes, and how a program gets the terminal. */

/** The terminal's side, which the prompt replaces by its own. */
export interface ShellScreen {
  /** Runs `work` with the terminal in the hands of another program; the prompt stays away until it is over. */
  handOver<T>(work: () => Promise<T>): Promise<T>
  /** Whether texts for this stream may have colours. */
  coloured(stream: NodeJS.WriteStream): boolean
}

let screen: ShellScreen = {
  handOver: (work) => work(),
  coloured: (stream) => stream.isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb',
}

/** The screen of this process. */
export function shellScreen(): ShellScreen {
  return screen
}

/** Makes this the screen. */
export function useShellScreen(other: ShellScreen): void {
  screen = other
}
