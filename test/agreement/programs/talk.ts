/** Conversations of real programs in the lab: what tcpdump writes of them, netshell and tshark read alike. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dissectLink } from '../../../src/layers/link/link-types.js'
import { type Lab, openLab } from '../../lab/lab.js'
import { FrameComparison } from '../frame-comparison.js'
import { type ReadPacket, readWithNetshell } from '../ours.js'
import { readWithTshark } from '../tshark.js'
import type { VectorAgreement } from '../vectors.js'

/** One conversation, and what is compared of it. */
export interface Talk {
  /** The programs: 'snmpd and snmpget'. */
  name: string
  /** Files of `rows/` whose fields are compared. */
  rows: readonly string[]
  /** Fields of tshark's that the conversation must have shown, so that the comparison is no empty one. */
  shows: readonly string[]
  /** Starts the programs, lets them talk and ends them. What it starts with `lab.spawn` ends at the latest with the lab. */
  talk(lab: Lab): Promise<void>
  /** What tcpdump catches; default all that passes `here`. */
  capture?: { side?: 'here' | 'there'; filter?: string; interfaceName?: string; arguments?: readonly string[] }
  /** What tshark has to be told of ports besides what the rows tell it. */
  decodeAs?: readonly string[]
  preferences?: readonly string[]
  /** tshark's fields that are left out here, and why tshark 4.0 says something else. */
  except?: Readonly<Record<string, string>>
}

/** Most milliseconds of one conversation, begun a second time or not. */
const TALK_TIME = 150_000
const MALFORMED = '_ws.malformed'

/**
 * A test for each conversation, all in one lab. Programs of others may miss something on a busy machine: a conversation that
 * did not come about is begun once more, in a new lab. What is read of one is never read again.
 */
export function talksAgree(group: string, talks: readonly Talk[]): void {
  describe(group, () => {
    let lab: Lab
    beforeAll(async () => {
      lab = await openLab()
    })
    afterAll(() => lab?.close())
    const recordedAnew = async (talk: Talk, problem: unknown) => {
      console.log(`${talk.name}, once more: ${problem instanceof Error ? problem.message : problem}`)
      await lab.close()
      lab = await openLab()
      return recorded(lab, talk)
    }
    for (const talk of talks)
      it(
        talk.name,
        async () => agrees(talk, await recorded(lab, talk).catch((problem) => recordedAnew(talk, problem))),
        TALK_TIME,
      )
  })
}

/** Holds the conversation; the path of what tcpdump wrote of it. */
async function recorded(lab: Lab, talk: Talk): Promise<string> {
  const { side = 'here', filter, ...options } = talk.capture ?? {}
  const capture = await lab.capture(side, filter, options)
  await talk.talk(lab)
  return capture.stop()
}

async function agrees(talk: Talk, path: string): Promise<void> {
  const agreements = await Promise.all(
    talk.rows.map(async (file) => ((await import(`../rows/${file}.ts`)) as { agreement: VectorAgreement }).agreement),
  )
  const except = talk.except ?? {}
  const comparison = new FrameComparison(
    agreements.map(({ protocols, rows }) => ({
      protocols: Object.fromEntries(Object.entries(protocols).filter(([name]) => !(name in except))),
      rows: rows.filter(({ tshark }) => !(tshark in except)),
    })),
  )
  const packets = await readWithNetshell(path)
  const theirs = await readWithTshark(path, [MALFORMED, ...comparison.fields], {
    decodeAs: [...agreements.flatMap(({ decodeAs = [] }) => decodeAs), ...(talk.decodeAs ?? [])],
    preferences: [...agreements.flatMap(({ preferences = [] }) => preferences), ...(talk.preferences ?? [])],
  })
  expect(theirs.length, 'packets').toBe(packets.length)
  const damaged: string[] = []
  for (const [index, packet] of packets.entries()) {
    const frame = `packet ${index + 1}`
    comparison.frame(frame, theirs[index]!, packet)
    const isWhole = packet.length === packet.originalLength
    if (isWhole && (theirs[index]!.get(MALFORMED)?.length ?? 0) === 0)
      damaged.push(...issuesOf(packet).map((issue) => `${frame}: ${issue}`))
  }
  expect(
    comparison.differences.map(
      ({ frame, field, tshark, ours }) => `${frame}: ${field}: tshark ${tshark}, ours ${ours}`,
    ),
  ).toEqual([])
  expect(damaged, 'malformed for us alone').toEqual([])
  expect(talk.shows.filter((field) => !((comparison.seen.get(field) ?? 0) > 0))).toEqual([])
}

function issuesOf({ linkType, bytes }: ReadPacket): string[] {
  return dissectLink(linkType, bytes)
    .issues()
    .map((issue) => (typeof issue === 'string' ? issue : JSON.stringify(issue)))
}
