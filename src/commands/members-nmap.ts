/** What help says of nmap's results, of comparisons, and of the view of netstat: their members. */

import { describe, describeMembers, readMembers } from './metadata.js'

/** XML of one host with two ports, as short as it may be. */
const XML =
  '<nmaprun args="nmap 10.0.0.2" version="7.93"><host><status state="up"/><address addr="10.0.0.2" addrtype="ipv4"/><ports><port protocol="tcp" portid="22"><state state="open"/></port></ports></host></nmaprun>'
const RESULT = `const result = nmap.parse('${XML}')`
const COMPARISON = 'const found = compare({before: [22, 80], now: [22, 8080]})'

/** Registers them. */
export function describeNmap(): void {
  describeMembers('nmap', {
    read: {
      summary: 'Reads the XML that nmap -oX FILE, or scan with the option xml, has written.',
      usage: 'nmap.read(file)',
      positionals: [{ name: 'file', type: 'string', summary: 'name of the file, or the XML itself', values: 'file' }],
      returns: 'an NmapResult',
      errors: ['SessionError for what is no XML of nmap'],
      example: `nmap.read('${XML}').open`,
      see: ['nmap', 'scan', 'nmap.parse'],
    },
    parse: {
      summary: "Reads nmap's XML, given as a text.",
      usage: 'nmap.parse(xml)',
      positionals: [{ name: 'xml', type: 'string', summary: 'the XML' }],
      returns: 'an NmapResult',
      errors: ['SessionError for what is no XML of nmap'],
      example: `nmap.parse('${XML}').hosts[0].address`,
      see: ['nmap.read'],
    },
  })
  describe('NmapResult', {
    group: 'Objects',
    summary: 'What nmap gives: hosts and their ports. It prints as tables; a loop over it gives the ports.',
    usage: "result = nmap('10.0.0.2')",
    example: `${RESULT}; result.hosts.length`,
    see: ['nmap', 'compare'],
  })
  describeMembers('NmapResult', {
    ...readMembers('result', RESULT, {
      hosts:
        'The hosts: {address, addresses, name, mac, vendor, state, reason, rtt, ports, notShown, os, trace, scripts, distance, uptime}.',
      facts:
        'The run: {scanner, version, args, from, startedAt, duration, asked, counts, interrupted, problem, warnings}.',
      ports:
        'All listed ports: {address, port, protocol, state, reason, service, product, version, extraInfo, tunnel, cpe, scripts}.',
      up: 'The hosts that are up.',
      interrupted: 'Whether Ctrl-C or the option timeout ended it.',
    }),
    open: { summary: 'The ports that are open.', usage: 'result.open', example: `${RESULT}; result.open` },
    xml: { summary: "nmap's XML, as it came.", usage: 'result.xml()', example: `${RESULT}; result.xml().length` },
    save: {
      summary: 'Writes the XML to a file.',
      usage: 'result.save(file)',
      positionals: [{ name: 'file', type: 'string', summary: 'name of the file', values: 'file' }],
      returns: 'the result',
      example: `${RESULT}; result.save('/tmp/example.xml')`,
    },
    toString: { summary: 'The tables.', usage: 'result.toString()', example: `${RESULT}; String(result)` },
    toJSON: {
      summary: 'The facts and the hosts as plain data.',
      usage: 'result.toJSON()',
      example: `${RESULT}; JSON.stringify(result).length`,
    },
  })
  describe('Comparison', {
    group: 'Objects',
    summary: 'What compare gives; it prints as a table, what differs first and marked.',
    usage: 'found = compare({here: list, there: list})',
    example: `${COMPARISON}; found.different`,
    see: ['compare'],
  })
  describeMembers('Comparison', {
    ...readMembers('found', COMPARISON, {
      places: 'The names of the lists.',
      rows: 'All rows: {host, port, protocol, name, ports, count, states, different}.',
      different: 'Rows of which the lists say different things.',
      same: 'The other rows.',
    }),
    onlyFrom: {
      summary: 'Rows that are open (or there) in this list and in no other.',
      usage: 'found.onlyFrom(name)',
      positionals: [{ name: 'name', type: 'string', summary: 'of the list' }],
      errors: ['OptionError when there is no such list'],
      example: `${COMPARISON}; found.onlyFrom('now')`,
    },
    toString: { summary: 'The table.', usage: 'found.toString()', example: `${COMPARISON}; String(found)` },
    toJSON: {
      summary: 'Names and rows as plain data.',
      usage: 'found.toJSON()',
      example: `${COMPARISON}; JSON.stringify(found)`,
    },
  })
  describeNetstat()
}

/** What belongs to connections and sh. */
function describeNetstat(): void {
  const view = 'const view = connections().netstat()'
  describeMembers('ConnectionList', {
    netstat: {
      summary: 'The same in the format of netstat -an.',
      usage: 'sockets.netstat()',
      returns: 'a NetstatView',
      example: 'connections({listening: true}).netstat()',
      see: ['connections', 'NetstatView'],
    },
  })
  describe('NetstatView', {
    group: 'Objects',
    summary: 'TCP, UDP and raw sockets as netstat -an prints them.',
    usage: 'view = connections().netstat()',
    example: `${view}; String(view).split('\\n')[1]`,
    see: ['connections'],
  })
  describeMembers('NetstatView', {
    ...readMembers('view', view, { rows: 'The lines: {proto, recvQ, sendQ, local, foreign, state}.' }),
    toString: { summary: 'The lines, heading included.', usage: 'view.toString()', example: `${view}; String(view)` },
    toJSON: { summary: 'The rows.', usage: 'view.toJSON()', example: `${view}; JSON.stringify(view)` },
  })
  describeMembers('ShellResult', {
    records: {
      summary: 'Output in blocks of KEY=VALUE with empty lines between them: an object for each block.',
      usage: 'result.records()',
      errors: ['ShellError when no line is of that form'],
      example: "sh('printf', ['Id=a\\\\nOn=1\\\\n\\\\nId=b\\\\n']).records()",
      see: ['ShellResult.values'],
    },
  })
}
