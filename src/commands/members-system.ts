/** What help says of what programs of this machine, its sockets and its check give: their members. */
import { describe, describeMembers, type Metadata, readMembers } from './metadata.js'

/** Results of sh, connections and doctor. */
export function describeSystem(): void {
  describeShellResult()
  const list = 'const sockets = connections({listening: true})'
  describe('ConnectionList', {
    group: 'Objects',
    summary: 'What connections gives: an array of sockets that prints as a table.',
    usage: 'sockets[0].remoteAddress',
    example: `${list}; sockets.length`,
    see: ['connections'],
  })
  describeMembers('ConnectionList', {
    ...readMembers('sockets', list, {
      hidden: 'Sockets of which only root may see the process.',
      more: 'Sockets beyond those that a list takes.',
    }),
    toString: { summary: 'The table.', usage: 'sockets.toString()', example: `${list}; String(sockets).length` },
    toJSON: { summary: 'The records.', usage: 'sockets.toJSON()', example: `${list}; sockets.toJSON().length` },
  })
  const report = 'const report = doctor()'
  describe('DoctorReport', {
    group: 'Objects',
    summary: 'What doctor gives: what works on this machine, and how to get what does not.',
    usage: 'report = doctor()',
    example: `${report}; report.ok`,
    see: ['doctor', 'rights'],
  })
  describeMembers('DoctorReport', {
    ...readMembers('report', report, {
      groups: 'The checks under their headings.',
      checks: 'All checks: {name, state, …}.',
      ok: 'Whether all that is essential works.',
    }),
    text: {
      summary: 'The list with the looks of a painter.',
      usage: 'report.text(paint)',
      positionals: [{ name: 'paint', type: 'function', summary: 'gives a text its look: (role, text)' }],
      example: `${report}; report.text((role, text) => text).length`,
    },
    toString: { summary: 'The list.', usage: 'report.toString()', example: `${report}; String(report).length` },
    toJSON: {
      summary: 'The checks as plain data.',
      usage: 'report.toJSON()',
      example: `${report}; JSON.stringify(report).length`,
    },
  })
}

function describeShellResult(): void {
  const make = 'const result = sh`echo one two`'
  describe('ShellResult', {
    group: 'Objects',
    summary: 'What sh gives: the output of a program and how it ended.',
    usage: 'result = sh`program`',
    example: `${make}; result.stdout`,
    see: ['sh'],
  })
  describeMembers('ShellResult', {
    ...readMembers('result', make, {
      stdout: 'What was written to standard output, as text.',
      stderr: 'What was written to standard error, as text.',
      bytes: 'Standard output as it is.',
      lines: 'Its lines.',
      status: 'Exit status: 0 is success; null when a signal ended it.',
      signal: "The signal that ended it, such as 'SIGKILL', else null.",
      ok: 'Whether it ended well.',
      command: 'The command as it was written.',
      programs: 'How each program of a pipeline ended: {command, status, signal}.',
      duration: 'Seconds that it took.',
      interrupted: 'Whether Ctrl-C ended it.',
      timedOut: 'The seconds of the option timeout when they were over first, else null.',
      dropped: 'Bytes of output that were shown and not kept.',
    }),
    json: {
      summary: 'The output read as JSON.',
      usage: 'result.json()',
      errors: ['ShellError with the place where it is no JSON'],
      example: "sh('echo', ['{\"up\": true}']).json().up",
    },
    values: {
      summary: 'Lines KEY=VALUE of the output as an object.',
      usage: 'result.values()',
      example: "sh('echo', ['a=1']).values()",
    },
    save: {
      summary: 'Writes the output to a file.',
      usage: 'result.save(file, {append})',
      positionals: [{ name: 'file', type: 'string', summary: 'name of the file', values: 'file' }],
      parameters: [{ name: 'append', type: 'boolean', summary: 'add to the file', default: 'false' }],
      returns: 'the result',
      example: `${make}; result.save('/tmp/example.txt')`,
    },
    check: {
      summary: 'Throws unless the program ended well.',
      usage: 'result.check()',
      returns: 'the result',
      errors: ['ShellError for a status other than 0, a signal, a time-out'],
      example: `${make}; result.check().ok`,
    },
    screenText: {
      summary: 'What the prompt shows of it.',
      usage: 'result.screenText(coloured)',
      positionals: [{ name: 'coloured', type: 'boolean', summary: 'whether colours are kept' }],
      example: `${make}; result.screenText(false)`,
    },
    toString: { summary: 'Its output.', usage: 'result.toString()', example: `${make}; String(result)` },
    toJSON: {
      summary: 'Output and exit status as plain data.',
      usage: 'result.toJSON()',
      example: `${make}; JSON.stringify(result)`,
    },
  })
}

/** What differs, what is wrong, how far something is: small objects that others hold. */
export function describeParts(): void {
  const diff = 'const found = diff(IP({dst: "10.0.0.2", ttl: 64}), IP({dst: "10.0.0.2", ttl: 63}))'
  for (const [className, what, make] of [
    ['PacketDiff', 'two packets: an array of {layer, field, a, b, aRange, bRange}', diff],
    [
      'BytesDiff',
      'two byte strings: an array of {aOffset, bOffset, a, b}',
      "const found = diff('GET / HTTP/1.0', 'GET / HTTP/1.1')",
    ],
  ] as const) {
    const differences: Metadata = {
      summary: 'The differences as plain data.',
      usage: 'found.toJSON()',
      example: `${make}; JSON.stringify(found)`,
    }
    describe(className, {
      group: 'Objects',
      summary: `What differs between ${what}; it prints with - and +.`,
      usage: 'found = diff(a, b)',
      example: `${make}; found.length`,
      see: ['diff'],
    })
    describeMembers(className, {
      toString: {
        summary: 'All that differs as a text.',
        usage: 'found.toString()',
        example: `${make}; String(found)`,
      },
      ...(className === 'PacketDiff' ? { toJSON: differences } : {}),
    })
  }
  const issue = "const issue = dissect(IP, hex('4500')).issue"
  describe('Issue', {
    group: 'Objects',
    summary: 'Why a layer of a dissected packet could not be read as it claims to be.',
    usage: 'issue = packet.issue',
    example: `${issue}; issue`,
    see: ['Packet.issue', 'Packet.issues', 'dissect'],
  })
  describeMembers('Issue', {
    ...readMembers('issue', issue, {
      layer: 'Layer that could not be read.',
      offset: 'Where it starts, in bytes.',
      needed: 'Bytes that it needs from there.',
      available: 'Bytes that are there.',
      source: "Which length said so: 'IP.len', 'packet' …",
      detail: 'What it means, when the numbers do not say it all.',
    }),
    toString: { summary: 'All of it in a sentence.', usage: 'issue.toString()', example: `${issue}; String(issue)` },
    toJSON: { summary: 'The same sentence.', usage: 'issue.toJSON()', example: `${issue}; JSON.stringify(issue)` },
  })
  const progress = 'const job = bg(sniff({link: practiceNetwork().link, timeout: 0.2}))'
  describe('SniffProgress', {
    group: 'Objects',
    summary: 'Live counters of a sniff: they change while it runs.',
    usage: 'job.progress',
    example: `${progress}; job.progress.packets`,
    see: ['Job.progress', 'sniff'],
  })
  describeMembers('SniffProgress', {
    ...readMembers('job.progress', progress, {
      packets: 'Packets taken, after all filters.',
      bytes: 'Their bytes on the wire.',
      lost: 'Packets lost so far: {kernel, interface, netshell}.',
      interfaces: 'Counters of each capture.',
      subject: "Where: 'on eth0'.",
      done: 'Packets; of a file that is read its bytes.',
      total: 'How many there will be, where that is known.',
      text: 'Packets and losses in words.',
    }),
    toJSON: {
      summary: 'The counters as plain data.',
      usage: 'job.progress.toJSON()',
      example: `${progress}; JSON.stringify(job.progress)`,
    },
  })
  const trips = `const trips = ping('10.0.0.2', {count: 1, quiet: true, link: practiceNetwork().link}).hosts[0].trips`
  describe('RoundTrips', {
    group: 'Objects',
    summary: 'Round-trip times and what they come to, in seconds.',
    usage: 'host.trips',
    example: `${trips}; trips.avg`,
    see: ['PingHost'],
  })
  describeMembers('RoundTrips', {
    ...readMembers('trips', trips, {
      list: 'One by one, in the order they came.',
      count: 'How many.',
      min: 'The least; null when there is none.',
      avg: 'The mean.',
      max: 'The greatest.',
      mdev: 'How much they vary (standard deviation).',
    }),
    add: {
      summary: 'Counts one more.',
      usage: 'trips.add(rtt)',
      positionals: [{ name: 'rtt', type: 'number', summary: 'seconds' }],
      example: `${trips}; trips.add(0.01); trips.max`,
    },
  })
}
