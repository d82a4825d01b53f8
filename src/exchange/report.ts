/** A message about a wait that goes on or has ended: a warning, or how many packets went and came. */
export type Reporter = (text: string, kind: 'warning' | 'progress') => void

let reporter: Reporter = () => undefined

/** Where messages go: the shell prints them; a library user hears nothing unless it sets this. */
export function setReporter(listener: Reporter): void {
  reporter = listener
}

/** Tells the user something about the wire. */
export function report(text: string, kind: 'warning' | 'progress' = 'progress'): void {
  reporter(text, kind)
}

/** `1 packet`, `2 packets`. */
export function packetCount(count: number): string {
  return `${count} packet${count === 1 ? '' : 's'}`
}
