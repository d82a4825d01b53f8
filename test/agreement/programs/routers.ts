/** Routing daemons of FRRouting on both sides of the lab, each side with its own sockets and files. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Lab, Side } from '../../lab/lab.js'
import { type Child, must } from '../../lab/process.js'
import { privately } from './private-folders.js'

/** What a daemon has in its configuration file, by its name: zebra comes by itself. */
export type Daemons = Readonly<Record<string, readonly string[]>>

const FOLDER = '/usr/lib/frr'
const USER = 'frr'
/** Milliseconds between two questions to a daemon. */
const PAUSE = 100
const PATIENCE = 15_000

/** The daemons of both sides. */
export class Routers {
  private readonly children: Child[] = []

  /** A new one for each: sockets of those before would look as if these listened already. */
  private readonly files: string

  private constructor(private readonly lab: Lab) {
    this.files = mkdtempSync(join(lab.folder, 'frr-'))
    chmodSync(this.files, 0o755)
  }

  /** Starts the daemons, lets them do what `talk` waits for, and ends them whatever comes of it. */
  static async run(
    lab: Lab,
    daemons: Readonly<Partial<Record<Side, Daemons>>>,
    talk: (routers: Routers) => Promise<unknown>,
  ) {
    const routers = new Routers(lab)
    try {
      for (const [side, each] of Object.entries(daemons))
        for (const [name, lines] of Object.entries({ zebra: [], ...each }))
          await routers.start(side as Side, name, lines)
      await talk(routers)
    } finally {
      await routers.stop()
    }
  }

  /** What a side answers to a command of its shell. */
  ask(side: Side, ...commands: string[]): Promise<string> {
    const words = ['vtysh', '--vty_socket', this.folder(side), ...commands.flatMap((each) => ['-c', each])]
    return must(['ip', 'netns', 'exec', this.lab[side].namespace, ...words])
  }

  /** Asks until the answer is as hoped for. */
  async until(side: Side, command: string, hoped: RegExp): Promise<void> {
    const end = Date.now() + PATIENCE
    for (;;) {
      const answer = await this.ask(side, command)
      if (hoped.test(answer)) return
      if (Date.now() > end) throw new Error(`'${command}' did not say ${hoped} in ${PATIENCE} ms, but:\n${answer}`)
      await new Promise((resolve) => setTimeout(resolve, PAUSE))
    }
  }

  /** Changes the configuration of a side. */
  configure(side: Side, ...lines: string[]): Promise<string> {
    return this.ask(side, 'configure terminal', ...lines)
  }

  /** Those first that were started last: zebra is the one that the others need. */
  private async stop(): Promise<void> {
    for (const child of this.children.reverse()) await child.stop()
  }

  private folder(side: Side): string {
    return join(this.files, side)
  }

  private async start(side: Side, name: string, lines: readonly string[]): Promise<void> {
    const folder = this.folder(side)
    mkdirSync(folder, { recursive: true })
    // The daemons refuse to run as root: their user makes the sockets and files.
    await must(['chown', `${USER}:${USER}`, folder])
    const configuration = join(folder, `${name}.conf`)
    writeFileSync(configuration, `${lines.join('\n')}\n`)
    const child = this.lab.spawn(
      side,
      privately(
        ['/run', '/var/tmp'],
        [
          join(FOLDER, name),
          ...['-f', configuration, '-i', join(folder, `${name}.pid`), '-z', join(folder, 'zebra.sock')],
          ...['--vty_socket', folder, '-P', '0', '--log', 'stdout'],
        ],
      ),
    )
    this.children.push(child)
    await this.listening(join(folder, `${name}.vty`), child)
    // Who does not reach zebra at once tries it again after ten seconds only.
    if (name === 'zebra') await this.listening(join(folder, 'zebra.sock'), child)
  }

  /** A daemon makes its socket when it has read its configuration. */
  private async listening(socket: string, child: Child): Promise<void> {
    const end = Date.now() + PATIENCE
    while (!existsSync(socket)) {
      if (!child.running || Date.now() > end)
        throw new Error(`'${child.argv.join(' ')}' has no ${socket}: ${child.stdout} ${child.stderr}`)
      await new Promise((resolve) => setTimeout(resolve, PAUSE))
    }
  }
}
