import { readFileSync } from 'node:fs'
import { hasForeignInterface } from './foreign.js'
import { findInterface } from './interfaces.js'
import type { NamespaceOptions } from './namespace.js'

/** What has become of an interface; one that was made again under its name is another one: the first is gone. */
export type InterfaceState = 'up' | 'down' | 'gone'

/** How often a running watch looks, ms. */
const INTERVAL = 250
const IFF_UP = 1

/**
 * Watches an interface for backends that are not told when it goes down or away. While it runs the program stays alive:
 * also when an outage has ended the process that captures.
 */
export class InterfaceWatch {
  private readonly index: number | undefined
  private timer: NodeJS.Timeout | undefined

  /** Takes the interface of this name as it is now for the one to be watched. */
  constructor(
    private readonly name: string,
    private readonly options: NamespaceOptions = {},
  ) {
    this.index = this.read()?.index
  }

  /** The state now. 0.1 ms. */
  state(): InterfaceState {
    const found = this.read()
    if (found === undefined || found.index !== this.index) return 'gone'
    return found.up ? 'up' : 'down'
  }

  /** Calls `look` with the state, several times a second, until `stop`. */
  start(look: (state: InterfaceState) => void): void {
    this.timer = setInterval(() => look(this.state()), INTERVAL)
  }

  stop(): void {
    clearInterval(this.timer)
  }

  private read(): { index: number; up: boolean } | undefined {
    if (this.name === 'any') return { index: 0, up: true }
    // Without koffi the interfaces come from a program, which is too slow to be asked again and again.
    if (process.platform === 'linux' && !hasForeignInterface()) return fromFiles(this.name)
    try {
      const found = findInterface(this.name, this.options)
      return found && { index: found.index, up: found.flags.includes('up') }
    } catch {
      return undefined // the namespace is gone
    }
  }
}

function fromFiles(name: string): { index: number; up: boolean } | undefined {
  try {
    const number = (file: string) => Number(readFileSync(`/sys/class/net/${name}/${file}`, 'latin1'))
    return { index: number('ifindex'), up: (number('flags') & IFF_UP) !== 0 }
  } catch {
    return undefined
  }
}
