import { type ExchangeResult, ICMP, IP, Raw, sr, sr1, stack, TCP } from '../../../src/index.js'

/** `sr DESTINATION LAST`: SYN to the ports 1 to LAST, in the fresh process as a person does it, and once more. */
export async function runExchange([destination = '', last = '']: string[]): Promise<object> {
  const first = await probe(destination, Number(last))
  const again = await probe(destination, Number(last))
  return { ...first, again: again.seconds }
}

async function probe(
  destination: string,
  last: number,
): Promise<{ seconds: number; answered: number; open: number[] }> {
  const start = performance.now()
  const { answered } = (await sr(stack(IP({ dst: destination }), TCP({ dport: [[1, last]], flags: 'S' })), {
    quiet: true,
  })) as ExchangeResult
  const seconds = (performance.now() - start) / 1000
  const open = answered
    .filter(({ answer }) => answer.get(TCP)?.flags === 'SA')
    .map(({ query }) => query.get(TCP)!.dport as number)
  return { seconds, answered: answered.length, open: open.sort((a, b) => a - b) }
}

/** `sr1 DESTINATION COUNT`: single echo requests; milliseconds of the whole calls, and of the round trips reported. */
export async function runEchoes([destination = '', count = '']: string[]): Promise<object> {
  const echo = stack(IP({ dst: destination }), ICMP(), Raw(new Uint8Array(56)))
  const calls: number[] = []
  const trips: number[] = []
  await sr1(echo, { quiet: true })
  for (let done = 0; done < Number(count); done++) {
    const start = performance.now()
    const answer = await sr1(echo, { quiet: true })
    calls.push(performance.now() - start)
    if (answer === null) throw new Error(`no answer to echo request ${done + 1}`)
    const { answered } = (await sr(echo, { quiet: true })) as ExchangeResult
    trips.push(answered[0]!.rtt * 1000)
  }
  return { calls, trips }
}
