import type { Row } from '../measure.js'
import { captureRows, memoryRows } from './wire-capture.js'
import { WireLab } from './wire-lab.js'
import { latencyRows } from './wire-latency.js'
import { replayRows } from './wire-replay.js'
import { scanRows } from './wire-scan.js'
import { sendRows } from './wire-send.js'

/** A round takes more than a minute: more of them tell no more. */
const MOST_ROUNDS = 3

const PARTS = [captureRows, memoryRows, scanRows, sendRows, replayRows, latencyRows]

/** Sending, capturing and matching on a cable between two network namespaces. */
export function wireGroup(rounds: number): Promise<Row[]> {
  return WireLab.with(async (lab) => {
    const some = Math.min(rounds, MOST_ROUNDS)
    const rows: Row[] = []
    for (const part of PARTS) rows.push(...(await part(lab, some)))
    return rows
  })
}
