import { ProgressWatch } from '../commands/progress.js'
import { Task } from '../exchange/index.js'
import type { Evaluator } from './evaluate.js'

/** What takes less needs no line, ms. */
const PATIENCE = 800
/** Between two looks, ms. */
const INTERVAL = 200

/** Where the line goes. */
interface StatusPlace {
  readonly output: { readonly columns?: number }
  status(text: string | null): void
}

/**
 * While something waits, a line below the output tells how far it is. It is there from `start()` to `stop()`, and only at a
 * terminal.
 */
export class ProgressLine {
  private timer: NodeJS.Timeout | undefined
  private place: StatusPlace | null = null
  private watch = new ProgressWatch()

  /** @param open gives the place for the line when there is something to tell; null where there is none */
  constructor(
    private readonly evaluator: Evaluator,
    private readonly open: () => Promise<StatusPlace | null> | StatusPlace | null,
  ) {}

  start(): void {
    this.watch = new ProgressWatch()
    this.timer = setTimeout(() => void this.first(), PATIENCE)
    this.timer.unref()
  }

  stop(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.place?.status(null)
    this.place = null
  }

  private async first(): Promise<void> {
    const asked = this.timer
    const place = await this.open()
    if (place === null || this.timer !== asked) return
    this.place = place
    this.look()
  }

  private look(): void {
    this.place?.status(this.text())
    this.timer = setTimeout(() => this.look(), INTERVAL)
    this.timer.unref()
  }

  private text(): string | null {
    const tasks = [...this.evaluator.waits()].filter((each) => each instanceof Task)
    return this.watch.line(tasks, (this.place?.output.columns || 80) - 1) ?? null
  }
}
