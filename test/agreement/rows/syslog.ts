import { field, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

const FACILITIES =
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp audit alert clock local0 local1 local2 local3 local4 local5 local6 local7'.split(
    ' ',
  )
const SEVERITIES = 'emerg alert crit err warning notice info debug'.split(' ')
const index = (names: readonly string[], name: unknown) => (name === '' ? undefined : names.indexOf(String(name)))

export const agreement: VectorAgreement = {
  vectors: ['syslog'],
  protocols: { syslog: /^Syslog(5424)?$/ },
  rows: [
    row('syslog.facility', /^Syslog/, ({ fields }) => index(FACILITIES, fields.facility)),
    row('syslog.level', /^Syslog/, ({ fields }) => index(SEVERITIES, fields.severity)),
    field('syslog.version', 'Syslog5424', 'version', same),
    field('syslog.hostname', /^Syslog/, 'hostname', same),
    field('syslog.appname', 'Syslog5424', 'appname', same),
    // Of an older message tshark takes the program's name for it.
    row('syslog.procid', /^Syslog/, ({ fields }) => fields.procid ?? (fields.timestamp === '' ? '' : fields.tag), same),
  ],
}
