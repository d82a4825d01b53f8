/**
 * Our side of what is compared with the peers, through the public interface alone. Run as
 * `node --expose-gc ours.mjs MODE FILE COUNT PASSES SUBSET`; prints one JSON object as the peers do.
 */

import { build, buildSink } from './ours/build.js'
import { everyField, everyFieldSink, twoFields, twoFieldsSink, valuesRead } from './ours/dissect.js'
import { type Capture, readWholeCapture } from './ours/whole-capture.js'

/** Compilation goes on in other threads for about as long as these passes take; it would count otherwise. */
const WARM_UP_PASSES = 20

const [mode = '', file = '', ...numbers] = process.argv.slice(2)
const [count = 0, passes = 1, subset = 0] = numbers.map(Number)

function dissect(capture: Capture, run: typeof twoFields, sink: typeof twoFieldsSink): void {
  const { bytes, offsets, ends } = capture
  const first = { bytes, offsets: offsets.subarray(0, subset), ends: ends.subarray(0, subset) }
  measure(
    () => run(capture),
    offsets.length,
    () => sink(capture).toString(),
    () => sink(first).toString(),
    () => (mode === 'every-field' ? valuesRead(capture) : 0),
  )
}

function measure(
  pass: () => void,
  packets: number,
  sink: () => string,
  subsetSink: () => string,
  values = () => 0,
): void {
  const atStart = process.cpuUsage()
  pass()
  const first = process.cpuUsage(atStart)
  const cold = ((first.user + first.system) * 1000) / packets
  for (let warmUp = 1; warmUp < WARM_UP_PASSES; warmUp++) pass()
  globalThis.gc?.()
  const before = process.cpuUsage()
  for (let round = 0; round < passes; round++) pass()
  // Of the whole process: garbage collection and compilation in other threads count.
  const used = process.cpuUsage(before)
  const times = passes * packets
  const nanoseconds = ((used.user + used.system) * 1000) / times
  console.log(
    JSON.stringify({
      side: 'netshell',
      mode,
      packets,
      nanoseconds,
      cold,
      values: values(),
      sink: sink(),
      subsetSink: subsetSink(),
    }),
  )
}

if (mode === 'two-fields') dissect(readWholeCapture(file, count), twoFields, twoFieldsSink)
else if (mode === 'every-field') dissect(readWholeCapture(file, count), everyField, everyFieldSink)
else if (mode === 'build') {
  measure(
    () => build(count),
    count,
    () => buildSink(count),
    () => buildSink(subset),
  )
} else throw new Error(`no mode is called '${mode}'`)
