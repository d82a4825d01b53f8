/** What help says of what sending and waiting give: answers, tasks, jobs, reset guards, fragments. */
import { describe, describeMembers, type Metadata } from './metadata.js'

const RESULT =
  "const result = sr(IP({dst: '10.0.0.2'})/TCP({dport: [22, 80]}), {timeout: 0.3, link: practiceNetwork().link})"
const JOB = 'const job = bg(sniff({link: practiceNetwork().link, timeout: 0.2}))'
const REASSEMBLER =
  "const all = new Reassembler(); const parts = fragment(IP({dst: '10.0.0.2'})/ICMP()/'x'.repeat(3000))"

/** What help says of the text of an object, and of its plain data: every result has both. */
export function textAndData(
  name: string,
  text: string,
  data: string,
  example: string,
): { text: Metadata; data: Metadata } {
  return {
    text: { summary: text, usage: `${name}.toString()`, example: `${example}; String(${name})` },
    data: { summary: data, usage: `${name}.toJSON()`, example: `${example}; JSON.stringify(${name})` },
  }
}

/** The same as members. */
function both(...parameters: Parameters<typeof textAndData>): Record<string, Metadata> {
  const { text, data } = textAndData(...parameters)
  return { toString: text, toJSON: data } as Record<string, Metadata>
}

/** Answers, tasks, jobs. */
export function describeExchange(): void {
  describeAnswers()
  describeTasks()
  describeGuards()
}

function describeAnswers(): void {
  describe('ExchangeResult', {
    group: 'Objects',
    summary: 'What sr and srp give: pairs of query and answer, and the queries that nobody answered.',
    usage: 'const [answered, unanswered] = sr(…)',
    example: `${RESULT}; result.answered.length`,
    see: ['sr', 'AnswerPair', 'AnswerList'],
  })
  describeMembers('ExchangeResult', {
    answered: {
      summary: 'Pairs of query and answer, in the order of the queries.',
      returns: 'AnswerList',
      example: `${RESULT}; result.answered`,
    },
    unanswered: {
      summary: 'Queries without an answer.',
      returns: 'PacketList',
      example: `${RESULT}; result.unanswered`,
    },
    sent: { summary: 'Packets that were sent, retries included.', example: `${RESULT}; result.sent` },
    received: { summary: 'Packets that came while it waited.', example: `${RESULT}; result.received` },
    summary: {
      summary: 'Pairs, one line each, and what was not answered.',
      usage: 'result.summary()',
      example: `${RESULT}; result.summary()`,
    },
    ...both('result', 'How many were answered, in one line.', 'Pairs and unanswered queries as plain data.', RESULT),
  })
  describe('AnswerList', {
    group: 'Objects',
    summary: 'Pairs of query and answer: an array of AnswerPair with a summary().',
    usage: 'for (const [query, answer] of result.answered) …',
    example: `${RESULT}; for (const [query, answer] of result.answered) console.log(query.dport, answer.flags)`,
    see: ['AnswerPair', 'ExchangeResult'],
  })
  describeMembers('AnswerList', {
    answers: { summary: 'The answers alone.', returns: 'PacketList', example: `${RESULT}; result.answered.answers` },
    summary: {
      summary: 'One line a pair.',
      usage: 'answered.summary()',
      example: `${RESULT}; result.answered.summary()`,
    },
    makeTable: {
      summary: 'A table of two keys: a function gives for each pair the column, the row, and the text there.',
      usage: 'answered.makeTable(place)',
      positionals: [{ name: 'place', type: 'function', summary: '([query, answer]) => [column, row, text]' }],
      returns: 'CrossTable',
      errors: ['PacketError where the function gives anything else'],
      example: `${RESULT}; result.answered.makeTable(([query, answer]) => [query.dst, query.dport, answer[TCP].flags])`,
      see: ['PacketList.makeTable', 'CrossTable'],
    },
    toString: {
      summary: 'How many pairs it has.',
      usage: 'answered.toString()',
      example: `${RESULT}; String(result.answered)`,
    },
  })
  describe('AnswerPair', {
    group: 'Objects',
    summary: 'A packet that was sent and one that answered it; const [query, answer] = pair works too.',
    usage: 'pair.query, pair.answer, pair.rtt',
    example: `${RESULT}; result.answered[0].rtt`,
    see: ['AnswerList', 'ExchangeResult'],
  })
  describeMembers('AnswerPair', {
    query: { summary: 'What was sent.', returns: 'Packet', example: `${RESULT}; result.answered[0].query` },
    answer: { summary: 'What came back.', returns: 'Packet', example: `${RESULT}; result.answered[0].answer` },
    rtt: { summary: 'Round-trip time in seconds.', example: `${RESULT}; result.answered[0].rtt` },
    summary: {
      summary: 'Query, answer and time in one line.',
      usage: 'pair.summary()',
      example: `${RESULT}; result.answered[0].summary()`,
    },
    ...both(
      'pair',
      'The summary.',
      'Query, answer and time as plain data.',
      `${RESULT}; const pair = result.answered[0]`,
    ),
  })
}

function describeTasks(): void {
  describe('Task', {
    group: 'Objects',
    summary: 'What a function that waits gives: a Promise that can be interrupted. The shell waits for it by itself.',
    usage: 'bg(task), Promise.all([task, …])',
    example: 'Promise.all([sleep(0.05), sleep(0.05)])',
    see: ['waiting', 'bg', 'Job'],
  })
  describeMembers('Task', {
    // biome-ignore lint/suspicious/noThenProperty: the name of a member, not a member
    then: {
      summary: 'As of any Promise; the shell waits without it.',
      usage: 'task.then(onResult, onError)',
      positionals: [
        { name: 'onResult', type: 'function', summary: 'called with the result' },
        { name: 'onError', type: 'function', summary: 'called with the error' },
      ],
      example: `${JOB}; job.task.then(list => list.length)`,
    },
    interrupt: {
      summary: 'Asks it to finish with what it has, as the first Ctrl-C does.',
      usage: 'task.interrupt()',
      example: `${JOB}; job.task.interrupt(); job.wait()`,
    },
    abort: {
      summary: 'Ends it now, as the second Ctrl-C does.',
      usage: 'task.abort(reason)',
      positionals: [{ name: 'reason', type: 'any', summary: 'what it fails with', default: 'Interrupted' }],
      example: `${JOB}; job.stop(); job.task.abort()`,
    },
    onProgress: {
      summary: 'Calls a function whenever it reports how far it is.',
      usage: 'task.onProgress(listener)',
      positionals: [{ name: 'listener', type: 'function', summary: 'gets {done, total, text, subject}' }],
      returns: 'the function that ends this',
      example: `${JOB}; const end = job.task.onProgress(state => console.log(state.text)); end()`,
    },
    partial: { summary: 'What it has so far; undefined where there is none.', example: `${JOB}; job.task.partial` },
    detach: {
      summary: 'Lets it run on out of reach of Ctrl-C; bg() does this.',
      usage: 'task.detach()',
      returns: 'the task',
      example: `${JOB}; job.task.detach() === job.task`,
    },
    name: { summary: "What runs: 'sniff'.", example: `${JOB}; job.task.name` },
    settled: { summary: 'True as soon as the result or the error is there.', example: `${JOB}; job.task.settled` },
    state: { summary: 'What it reported last: {done, total, text, subject}.', example: `${JOB}; job.task.state` },
  })
  describe('Job', {
    group: 'Objects',
    summary: 'Something that runs in the background; bg() makes it, jobs() lists it.',
    usage: 'job = bg(task)',
    example: `${JOB}; job`,
    see: ['bg', 'jobs', 'background'],
  })
  describeMembers('Job', {
    name: { summary: "What runs, and on what: 'sniff on eth0'.", example: `${JOB}; job.name` },
    number: { summary: 'Its number, from 1 on.', example: `${JOB}; job.number` },
    task: { summary: 'The task itself.', returns: 'Task', example: `${JOB}; job.task.name` },
    state: { summary: "'running', 'done', 'failed' or 'stopped'.", example: `${JOB}; job.state` },
    started: { summary: 'When it began.', returns: 'Date', example: `${JOB}; job.started` },
    error: { summary: 'Why it failed.', example: `${JOB}; job.error` },
    result: { summary: 'What it has so far while it runs, then its result.', example: `${JOB}; job.result` },
    results: { summary: 'The same as result.', example: `${JOB}; job.results` },
    progress: { summary: 'What it reported last; of a sniff the live counters.', example: `${JOB}; job.progress` },
    elapsed: { summary: 'Seconds that it has run, until now or until it ended.', example: `${JOB}; job.elapsed` },
    stop: {
      summary: 'Ends it, as Ctrl-C ends what runs at the prompt, and gives what it has.',
      usage: 'job.stop()',
      returns: 'the result, or undefined where there is none',
      errors: ['what it failed with, when it is over and has failed'],
      example: `${JOB}; job.stop()`,
    },
    wait: {
      summary: 'Waits for its end and gives the result. Ctrl-C ends the waiting, not the job.',
      usage: 'job.wait()',
      errors: ['what it failed with'],
      example: `${JOB}; job.wait()`,
    },
    ...both('job', 'Its line: number, name, state, time, progress.', 'Number, name, state, times and progress.', JOB),
  })
  describe('JobList', {
    group: 'Objects',
    summary: 'What jobs() gives: an array of Job, a line each.',
    usage: 'jobs()[0]',
    example: 'jobs().length',
    see: ['jobs', 'Job'],
  })
  describeMembers('JobList', {
    toString: { summary: 'A line for each job.', usage: 'jobs().toString()', example: 'String(jobs())' },
  })
}

function describeGuards(): void {
  describe('GuardedPorts', {
    group: 'Objects',
    summary: 'What suppressReset() gives: source ports from which the kernel sends no RST.',
    usage: 'guard = suppressReset(ports)',
    examples: [{ code: 'const guard = suppressReset(4321); guard.close()', needs: 'root' }],
    see: ['suppressReset', 'releasePorts'],
  })
  describeMembers('GuardedPorts', {
    ports: { summary: 'The ports.', examples: [{ code: 'suppressReset([4321, 4322]).ports', needs: 'root' }] },
    close: {
      summary: 'Lets the kernel reset again. A second call does nothing.',
      usage: 'guard.close()',
      examples: [{ code: 'suppressReset(4321).close()', needs: 'root' }],
    },
    toString: {
      summary: 'The ports and how each is guarded.',
      usage: 'guard.toString()',
      examples: [{ code: 'String(suppressReset(4321))', needs: 'root' as const }],
    },
  })
  describeMembers('Reassembler', {
    add: {
      summary: 'Takes a packet: what is no fragment comes back, a fragment gives null until its datagram is complete.',
      usage: 'reassembler.add(packet)',
      positionals: [{ name: 'packet', type: 'Packet', summary: 'the next packet' }],
      returns: 'Packet, or null',
      example: `${REASSEMBLER}; parts.map(part => all.add(part)).at(-1).bytes().length`,
    },
    take: {
      summary: 'As add(), and tells the datagram that a fragment belongs to.',
      usage: 'reassembler.take(packet)',
      positionals: [{ name: 'packet', type: 'Packet', summary: 'the next packet' }],
      returns: '{whole: Packet or null, datagram: object or null}',
      example: `${REASSEMBLER}; all.take(parts[0]).whole`,
    },
    stats: {
      summary: 'Counters: complete, dropped, pending, bytes.',
      usage: 'reassembler.stats()',
      example: `${REASSEMBLER}; all.add(parts[0]); all.stats()`,
    },
    clear: {
      summary: 'Gives up all that is incomplete.',
      usage: 'reassembler.clear()',
      example: `${REASSEMBLER}; all.clear()`,
    },
  })
}
