import { field, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

const FACILITIES =
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp audit alert clock local0 local1 local2 local3 local4 local5 local6 local7'.split(
    ' ',
  )
const SEVERITIES = 'emerg alert crit err warning notice info debug'.split(' ')
const index = (names: readonly string[], name: unknown) => (name === '' ? undefined : names.indexOf(String(name)))

/** tshark 4.0 takes all that follows for the message's kind, and of an older message something else. */
const kind = (text: string): string => (/^[:[]/.test(text) ? '' : (text.split(' ')[0] ?? ''))
/** Milliseconds; no time is zero for tshark. */
const milliseconds = (text: string): string => String(Date.parse(text) || '')
export const agreement: VectorAgreement = {
  vectors: ['syslog'],
  protocols: { syslog: /^Syslog(5424)?$/ },
  rows: [
    row('syslog.facility', /^Syslog/, ({ fields }) => index(FACILITIES, fields.facility)),
    row('syslog.level', /^Syslog/, ({ fields }) => index(SEVERITIES, fields.severity)),
    field('syslog.version', 'Syslog5424', 'version', same),
    field('syslog.hostname', /^Syslog/, 'hostname', same),
    field('syslog.appname', 'Syslog5424', 'appname', same),
    field('syslog.timestamp', 'Syslog5424', 'timestamp', milliseconds, milliseconds as (value: unknown) => unknown),
    field('syslog.timestamp_rfc3164', 'Syslog', 'timestamp', same),
    field('syslog.msgid', 'Syslog5424', 'msgid', kind),
    // Of an older message tshark takes the program's name for it.
    row('syslog.procid', /^Syslog/, ({ fields }) => fields.procid ?? (fields.timestamp === '' ? '' : fields.tag), same),
  ],
}
