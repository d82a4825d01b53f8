/** Ends of jobs, told above the line that is being typed. */
import { type Job, onJobEnd } from '../exchange/job.js'
import { printable } from '../exchange/printable.js'
import { setting } from '../exchange/settings.js'
import type { Paint } from '../exchange/terminal-colours.js'
import { renderError } from './errors.js'
import type { Evaluator } from './evaluate.js'

/**
 * Tells each job that ends by itself, with the reason and the place when it failed; with `conf.quiet` only those that failed.
 * Returns the function that stops this.
 */
export function tellJobEnds(print: (text: string) => void, evaluator: Evaluator, paint: () => Paint): () => void {
  return onJobEnd((job) => {
    if (!setting('quiet') || job.state === 'failed') print(endOf(job, evaluator, paint()))
  })
}

function endOf(job: Job, evaluator: Evaluator, paint: Paint): string {
  const line = printable(String(job))
  if (job.state !== 'failed') return paint('gray', line)
  const reason = renderError(job.error, evaluator, { paint })
  return `${paint('red', `${line.split(': failed')[0]} failed`)}\n${reason.replace(/^/gm, '  ')}`
}
