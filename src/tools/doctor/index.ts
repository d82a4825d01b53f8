/** What works on this machine, and what to do about what does not. */
import { Task, type TaskControl } from '../../exchange/index.js'
import { type Check, type CheckGroup, reason } from './check.js'
import { folderChecks } from './folder-checks.js'
import { networkChecks } from './network-checks.js'
import { otherPrograms } from './other-programs.js'
import { programChecks } from './program-checks.js'
import { DoctorReport } from './report.js'
import { checkTable, FLAG, type OptionTable } from '../option-kinds.js'
import { rightsChecks } from './rights-checks.js'
import { machineChecks, terminalChecks } from './surroundings.js'

export type { Check, CheckGroup, CheckState } from './check.js'
export { DoctorReport } from './report.js'

/** Options of `doctor`. */
export interface DoctorOptions {
  /** Ask no name server: nothing leaves this machine. Default false. */
  local?: boolean
}

const OPTIONS: OptionTable<DoctorOptions> = { local: FLAG }

type Look = () => readonly Check[] | Promise<readonly Check[]>

/**
 * Looks at what netshell needs and uses, by trying it: captures and sends a packet on loopback, asks the name servers, writes into its folders.
 * What it makes for that is gone afterwards.
 */
export function doctor(options: DoctorOptions = {}): Task<DoctorReport> {
  return Task.run((control) => runDoctor(control, options), { name: 'doctor' })
}

/** The work of `doctor`: what cannot be found out is a finding. @throws PacketError for an option that makes no sense */
export async function runDoctor(
  control: TaskControl<DoctorReport>,
  options: DoctorOptions = {},
): Promise<DoctorReport> {
  checkTable('doctor', options, OPTIONS)
  const groups: CheckGroup[] = []
  const parts: readonly [title: string, look: Look][] = [
    ['Program', programChecks],
    ['Rights', () => rightsChecks(control)],
    ['Network', () => networkChecks(options.local !== true)],
    ['Other programs', otherPrograms],
    ['Files', folderChecks],
    ['Terminal', terminalChecks],
    ['Machine', () => machineChecks(!new DoctorReport(groups).ok)],
  ]
  for (const [title, look] of parts) {
    control.progress({ done: groups.length, total: parts.length, text: title.toLowerCase() })
    groups.push({ title, checks: await survived(title, look) })
    if (control.interrupted) break
  }
  return new DoctorReport(groups)
}

/** What cannot be found out is a finding. */
async function survived(title: string, look: Look): Promise<readonly Check[]> {
  try {
    return await look()
  } catch (error) {
    return [{ name: title.toLowerCase(), state: 'limited', found: `could not be looked at: ${reason(error)}` }]
  }
}
