/** Dates of HTTP in the three forms that a recipient must understand (RFC 9110 §5.6.7). */

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const MONTH = `(?<month>${MONTHS.join('|')})`
const TIME = '(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)'
const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)'

const FORMS = [
  // Sun, 06 Nov 1994 08:49:37 GMT
  new RegExp(`^${DAY}, (?<day>\\d\\d) ${MONTH} (?<year>\\d{4}) ${TIME} GMT$`),
  // Sunday, 06-Nov-94 08:49:37 GMT
  new RegExp(`^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\\d\\d)-${MONTH}-(?<year>\\d\\d) ${TIME} GMT$`),
  // Sun Nov  6 08:49:37 1994
  new RegExp(`^${DAY} ${MONTH} (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})$`),
]

/** Reads a date: ms since 1970, whole seconds. Undefined for what is none; `Date.parse` would take nearly anything. */
export function parseHttpDate(text: string, now = new Date()): number | undefined {
  for (const form of FORMS) {
    const found = form.exec(text)?.groups
    if (found === undefined) continue
    const { day, month, year, hour, minute, second } = found as Record<string, string>
    const [date, hours, minutes, seconds] = [day!, hour!, minute!, second!].map(Number) as [
      number,
      number,
      number,
      number,
    ]
    // A leap second is one of the grammar's.
    if (date < 1 || date > 31 || hours > 23 || minutes > 59 || seconds > 60) return undefined
    return Date.UTC(fullYear(year!, now), MONTHS.indexOf(month!), date, hours, minutes, seconds)
  }
  return undefined
}

/** Two digits that would be more than 50 years ahead mean the century before. */
function fullYear(year: string, now: Date): number {
  if (year.length === 4) return Number(year)
  const thisYear = now.getUTCFullYear()
  const full = thisYear - (thisYear % 100) + Number(year)
  return full > thisYear + 50 ? full - 100 : full
}
