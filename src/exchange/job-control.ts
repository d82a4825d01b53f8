/** Jobs by their numbers: `fg(1)`, `kill(2, 3)`. */
import { PacketError } from '../packet/index.js'
import { type Job, JobList, jobs } from './job.js'
import { report } from './report.js'
import { Task } from './task.js'

/**
 * Brings a job to the foreground: waits for its end, shows how far it is, and gives its result. Ctrl-C stops the job and gives
 * what it has. Of a job that is over it gives the result at once, or throws what it failed with.
 * @param which its number, or the job; unset: the newest that runs, else the newest
 * @throws PacketError for a number that no job has
 */
export function fg(which?: number | Job): Task<unknown> {
  const job = which === undefined ? newest() : found(which, 'fg')
  return Task.run<unknown>(
    async (control) => {
      const { task } = job
      control.onInterrupt(() => void job.stop().catch(() => undefined))
      control.signal.addEventListener('abort', () => task.abort(), { once: true })
      control.partial(() => job.result)
      control.progress(task.state)
      const silence = task.onProgress((state) => control.progress(state))
      try {
        return await job.wait()
      } finally {
        silence()
      }
    },
    { name: job.task.name },
  )
}

/**
 * Stops jobs; each keeps what it has in `result`. Waits until they have ended, and gives their lines. Of one that is over it
 * says so. Ctrl-C ends them at once.
 * @param which numbers or jobs, or 'all'
 * @throws PacketError for a number that no job has, and when none is given
 */
export function kill(...which: (number | Job | 'all')[]): Task<JobList> {
  if (which.length === 0) throw new PacketError(`kill: say which job, such as kill(1), or kill('all'); ${listed()}`)
  const chosen = which.includes('all')
    ? jobs().filter((job) => job.state === 'running')
    : [...new Set(which.map((each) => found(each as number | Job, 'kill')))]
  return Task.run<JobList>(
    async (control) => {
      for (const job of chosen)
        if (job.state !== 'running') report(`kill: job ${job.number} is over: ${job}`, 'warning')
      const running = chosen.filter((job) => job.state === 'running')
      const stops = running.map((job) => job.stop())
      control.onInterrupt(() => running.forEach(({ task }) => task.abort()))
      // What a job failed with stands in its line.
      await Promise.allSettled(stops)
      const list = new JobList()
      list.push(...chosen)
      return list
    },
    { name: 'kill' },
  )
}

function found(which: number | Job, command: string): Job {
  const all = jobs()
  const job = all.find((each) => each === which || each.number === which)
  if (job === undefined) {
    const shown =
      typeof which === 'number' ? `there is no job ${which}` : 'takes the number of a job, such as 1, or a job'
    throw new PacketError(`${command}: ${shown}; ${listed()}`)
  }
  return job
}

function newest(): Job {
  const all = jobs()
  const job = all.findLast(({ state }) => state === 'running') ?? all.at(-1)
  if (job === undefined) throw new PacketError(`fg: ${listed()}`)
  return job
}

function listed(): string {
  const all = jobs()
  if (all.length === 0) return 'there are no jobs; bg(…) starts one'
  return `there is ${all.map(({ number, name, state }) => `[${number}] ${name} (${state})`).join(', ')}`
}
