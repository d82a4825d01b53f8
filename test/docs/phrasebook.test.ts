/** docs/scapy-phrasebook.md: each line of netshell does what the line of Scapy beside it does, both tried in a lab. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Outcome, type Phrase, readPhrasebook, type Value } from './phrasebook.js'
import { CHECKS, NEWER, ONLY_NAMES } from './phrasebook-checks.js'
import { PhrasebookLab, type ScapyOutcome } from './phrasebook-lab.js'
import { PROBED, questions } from './phrasebook-probes.js'
import { SHELL_LINES, ShellSession } from './phrasebook-shell.js'

/** For machines that are busy. */
const TIMEOUT = 240_000
/** The theme of what only the prompt takes. */
const SHELL = 'Shell'

const { phrases, before } = readPhrasebook()
const lines = phrases.filter(({ theme }) => theme !== SHELL)
const themes = [...new Set(lines.map(({ theme }) => theme))]

let lab: PhrasebookLab
const ours = new Map<Phrase, Outcome>()
const theirs = new Map<Phrase, ScapyOutcome>()
/** The packet `pkt` where a line leaves it alone. */
let untouched: string[]

beforeAll(async () => {
  lab = await PhrasebookLab.open()
  const typed = lines.filter(({ netshell }) => netshell !== '')
  const [netshell, scapy] = await Promise.all([
    lab.netshell([
      ['', before.get(lines[0]!.theme)!.netshell],
      ...typed.map(
        (phrase) => [`${before.get(phrase.theme)!.netshell}\nconf.reset()`, questions(phrase).netshell] as const,
      ),
    ]),
    lab.scapy(
      lines.map((phrase) => {
        const isOnlyNames = ONLY_NAMES.includes(phrase.scapy)
        return [
          before.get(phrase.theme)!.scapy,
          isOnlyNames ? phrase.scapy : questions(phrase).scapy,
          isOnlyNames,
        ] as const
      }),
    ),
  ])
  untouched = netshell.shift()!.pkt
  for (const [i, phrase] of typed.entries()) ours.set(phrase, netshell[i]!)
  for (const [i, phrase] of lines.entries()) theirs.set(phrase, scapy[i]!)
}, TIMEOUT)

afterAll(() => lab?.close())

describe.each(themes)('%s', (theme) => {
  const rows = lines.filter((phrase) => phrase.theme === theme).map((phrase) => [phrase.scapy, phrase] as const)

  it.each(rows)('%s', async (_name, phrase) => {
    const scapy = theirs.get(phrase)!
    const newer = NEWER[phrase.scapy]
    if (newer === undefined || scapy.error === undefined) expect(scapy.error).toBeUndefined()
    else expect(scapy.error).toMatch(newer)
    const netshell = ours.get(phrase)
    if (netshell === undefined) {
      expect(phrase.note, 'a line that netshell does not have says why').not.toBe('')
      return
    }
    const check = CHECKS[phrase.netshell]
    if (check !== undefined) {
      await check(netshell, scapy, { netshell: lab.folder('netshell'), scapy: lab.folder('scapy') })
      return
    }
    expect(netshell.error).toBeUndefined()
    if (scapy.isExpression && !isNothing(scapy)) expect(netshell.value).toEqual(likeOurs(scapy.value, netshell.value))
    else {
      // What gives nothing must have changed the packet.
      expect(netshell.pkt).toEqual(scapy.pkt)
      expect(netshell.pkt, 'a line that changes nothing needs a check or a probe').not.toEqual(untouched)
    }
  })
})

describe('the prompt', () => {
  const rows = phrases.filter(({ theme }) => theme === SHELL)
  const session = new ShellSession()
  afterAll(() => session.close())

  it.each(rows.map((phrase) => [phrase.netshell, phrase] as const))('%s', async (line, { scapy }) => {
    expect(scapy).not.toBe('')
    const shown = await session.type(line)
    expect(shown, line).toMatch(SHELL_LINES[line]!)
  })

  it('has a check for each line', () => {
    expect(rows.map(({ netshell }) => netshell).sort()).toEqual(Object.keys(SHELL_LINES).sort())
  })
})

describe('the phrasebook', () => {
  it('has every line that a check, a probe or an exception names', () => {
    const netshell = new Set(phrases.map((phrase) => phrase.netshell))
    const scapy = new Set(phrases.map((phrase) => phrase.scapy))
    expect([...Object.keys(CHECKS), ...PROBED].filter((line) => !netshell.has(line))).toEqual([])
    expect([...ONLY_NAMES, ...Object.keys(NEWER)].filter((line) => !scapy.has(line))).toEqual([])
  })
})

/** Whether a line of Scapy gives nothing that could be compared. */
function isNothing({ value }: ScapyOutcome): boolean {
  return value.kind === 'plain' && value.value === null
}

/** Python's 0 and 1 where the question is whether. */
function likeOurs(theirs: Value, ours: Value): Value {
  const isWhether = ours.kind === 'plain' && typeof ours.value === 'boolean'
  return isWhether && theirs.kind === 'plain' ? { kind: 'plain', value: Boolean(theirs.value) } : theirs
}
