/** A peer written in Python, in a process of its own: it can be told what to do, asked what it got, and killed. */
import { fileURLToPath } from 'node:url'
import { type Child, start } from '../lab/process.js'

const PROGRAM = fileURLToPath(new URL('peer.py', import.meta.url))

/** `tcp`, `unix PATH`, `tls CERT KEY`, `client`, `udp`: see peer.py. */
export async function startPeer(...kind: string[]): Promise<Peer> {
  const child = start(['/usr/bin/python3', PROGRAM, ...kind])
  const [, port] = await child.waitFor(/"port": (\d+)/, { timeout: 30_000 })
  return new Peer(child, Number(port))
}

export class Peer {
  constructor(
    readonly child: Child,
    /** That it listens on. */
    readonly port: number,
  ) {}

  /** How many bytes it has got. */
  get count(): number {
    return this.got.length + this.told('more').reduce((sum, more) => sum + Number(more), 0)
  }

  /** Everything that it has got in small pieces; of large ones (more than 4096 bytes) only `count` knows. */
  get got(): string {
    return this.told('got').join('')
  }

  /** Waits until what it got since `from` has this text in it. */
  async gets(text: string, from = 0): Promise<void> {
    await this.until(() => this.got.slice(from).includes(text), `it got ${JSON.stringify(text)}`)
  }

  /** Waits until it has said this so many times: 'connected', 'ended', 'broken', 'failed'. */
  async tells(what: string, times = 1): Promise<void> {
    await this.until(() => this.told(what).length >= times, `${what} was told`)
  }

  told(what: string): string[] {
    return this.child.stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, string>)
      .filter((line) => what in line)
      .map((line) => line[what]!)
  }

  send(text: string): void {
    this.order({ do: 'send', text })
  }

  order(order: { do: string; [more: string]: unknown }): void {
    this.child.write(`${JSON.stringify(order)}\n`)
  }

  /** As when its machine loses power, but that the kernel closes its sockets. */
  kill(): Promise<void> {
    return this.child.stop('SIGKILL')
  }

  private async until(holds: () => boolean, what: string): Promise<void> {
    await eventually(
      holds,
      () => `${what}; it said ${this.child.stdout.slice(-1000)} ${this.child.stderr.slice(-1000)}`,
    )
  }
}

/** Waits until something holds. @throws Error that says what, after so many ms */
export async function eventually(holds: () => boolean, what: string | (() => string), most = 20_000): Promise<void> {
  const until = performance.now() + most
  while (!holds()) {
    if (performance.now() > until) throw new Error(`not within ${most} ms: ${typeof what === 'string' ? what : what()}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
