import { painterFor } from '../../packet/index.js'
import type { DoctorReport } from '../../tools/doctor/index.js'
import type { ToolCommand } from '../tool-command.js'

export const doctorCommand: ToolCommand<DoctorReport> = {
  name: 'doctor',
  summary: 'Finds out what works on this machine by trying it, and says what to do about what does not.',
  usage: 'doctor({local})',
  example: 'doctor().ok',
  commandLineExample: 'sudo netshell doctor',
  parameters: [
    {
      name: 'local',
      type: 'boolean',
      summary: 'ask no name server: nothing leaves this machine',
      default: 'false',
    },
  ],
  returns:
    'a report: ok, and checks of {name, state, found, tried, fix, essential}; state is ok, limited, missing, or note for what is only worth knowing. On the command line the exit code is 1 when something essential is missing',
  see: ['interfaces', 'routes', 'conf'],
  load: async () => (await import('../../tools/doctor/index.js')).runDoctor,
  print: (report) => report.text(painterFor({})),
  exitCode: (report) => (report.ok ? 0 : 1),
}
