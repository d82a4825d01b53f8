/** What help says of sessions on other machines. */
import { describe, describeMembers, type Metadata, type ParameterMetadata } from './metadata.js'
import { SSH_PARAMETERS } from './ssh-entries.js'

const COMMAND: ParameterMetadata = { name: 'command', type: 'string', summary: 'for the shell of the other machine' }
const REMOTE: ParameterMetadata = {
  name: 'remote',
  type: 'string',
  summary: "path there: '/etc/hosts', or below one's home folder there",
}
const RECURSIVE: ParameterMetadata = {
  name: 'recursive',
  type: 'boolean',
  summary: 'a folder with all in it; links are left out',
  default: 'false',
}
const BYTES: ParameterMetadata = {
  name: 'limit',
  type: 'number',
  summary: 'bytes; more is an error',
  default: '64 MiB',
}
const FORWARD: readonly ParameterMetadata[] = [
  { name: 'host', type: 'string', summary: 'address that is listened on', default: '127.0.0.1' },
  { name: 'clients', type: 'number', summary: 'connections at a time', default: '1000' },
]
const TARGET: ParameterMetadata = { name: 'target', type: 'string', summary: "'host:port' where connections go on to" }
const SNIFF: readonly ParameterMetadata[] = [
  { name: 'iface', type: 'string', summary: "interface there; 'any' for all", default: 'that of its tcpdump' },
  { name: 'filter', type: 'string', summary: 'BPF expression, for the tcpdump there' },
  { name: 'count', type: 'number', summary: 'ends after so many packets' },
  { name: 'timeout', type: 'number', summary: 'ends after so many seconds' },
  { name: 'prn', type: 'function', summary: 'called for each packet; what it returns is printed' },
  { name: 'lfilter', type: 'function', summary: 'keeps only packets for which it is true' },
  { name: 'stop', type: 'function', summary: 'ends behind the first packet for which it is true' },
  { name: 'store', type: 'boolean', summary: 'keep packets for the result', default: 'true' },
  { name: 'write', type: 'string', summary: 'capture file here that packets are written to', values: 'file' },
  { name: 'own', type: 'boolean', summary: 'also packets of this very session', default: 'false' },
  { name: 'sudo', type: 'boolean', summary: 'run tcpdump there by sudo -n', default: 'false' },
]

/** Registers them. */
export function describeSsh(): void {
  describeNamespace()
  describeSession()
  describeFiles()
  describeForwards()
  describeHostResults()
}

/** What is done with an open session: a function of it, which anybody can type, and a call, which needs a machine. */
function withSession(expression: string): Pick<Metadata, 'example' | 'examples'> {
  return {
    example: `const done = s => ${expression}`,
    examples: [{ code: `s = ssh.connect('root@192.0.2.1'); ${expression}`, needs: 'network' }],
  }
}

/** Members that are read. */
function fields(of: string, all: Readonly<Record<string, string>>): Record<string, Metadata> {
  return Object.fromEntries(
    Object.entries(all).map(([name, summary]) => [name, { summary, ...withSession(`${of}.${name}`) }]),
  )
}

function describeNamespace(): void {
  describeMembers('ssh', {
    connect: {
      summary: 'Connects to another machine and logs in, as ~/.ssh/config, the agent and known_hosts say.',
      usage: "ssh.connect('user@host:port', {key, jump, timeout, unknown, reconnect})",
      positionals: [
        { name: 'target', type: 'string', summary: "'host', 'user@host:2222', or a name of ~/.ssh/config" },
      ],
      parameters: [
        ...SSH_PARAMETERS,
        {
          name: 'reconnect',
          type: 'boolean | object',
          summary: 'connect again when it is lost: {first, longest} seconds, {tries}',
          default: 'false',
        },
      ],
      returns: 'an SshSession',
      errors: [
        'SessionError HOST_KEY: the host is not known, or its key has changed; it says what to do',
        'SessionError AUTH: not logged in; it says what was tried and what the server takes',
        'SessionError TIMEOUT, ECONNREFUSED, NO_SSH …: no way there, or something else listens',
      ],
      example: "const enter = host => ssh.connect(host, {key: '~/.ssh/id_ed25519', unknown: 'ask'})",
      examples: [
        { code: "s = ssh.connect('root@192.0.2.1')", needs: 'network' },
        { code: "s = ssh.connect('root@10.0.0.7', {jump: 'me@gateway.example.org'})", needs: 'network' },
      ],
      see: ['SshSession', 'on', 'sessions'],
    },
    sniff: {
      summary: 'Captures packets of another machine: connects, runs its tcpdump, closes the connection again.',
      usage: 'ssh.sniff(host, {iface, filter, count, timeout, ssh})',
      positionals: [{ name: 'host', type: 'string', summary: "'user@host'" }],
      parameters: [...SNIFF, { name: 'ssh', type: 'object', summary: 'options of ssh.connect' }],
      returns: 'PacketList, as sniff; Ctrl-C keeps what is there',
      errors: ['SessionError: no tcpdump there, not permitted, no such interface, a filter that is none'],
      example: "const queries = host => ssh.sniff(host, {filter: 'udp port 53', count: 10})",
      examples: [{ code: "ssh.sniff('root@192.0.2.1', {filter: 'icmp', timeout: 10})", needs: 'network' }],
      see: ['sniff', 'SshSession.sniff'],
    },
  })
}

function describeSession(): void {
  describe('SshSession', {
    group: 'Objects',
    summary: 'What ssh.connect gives: a session on another machine.',
    usage: "s = ssh.connect('user@host')",
    ...withSession("s.run('uname -a').stdout"),
    see: ['ssh.connect', 'Session', 'sessions'],
  })
  describeMembers('SshSession', {
    ...fields('s', {
      sftp: 'Files of the other machine: a RemoteFiles.',
      hostKey: "The host's key: its type and fingerprint.",
      server: "The server's software, as it calls itself.",
      kind: "'ssh'.",
      subject: 'With whom: user@host.',
    }),
    run: {
      summary: 'Runs a command there. A status other than 0 is no error; Ctrl-C ends it and keeps its output.',
      usage: 's.run(command, {input, env, timeout, tty, onOutput, show, limit, check})',
      positionals: [COMMAND],
      parameters: [
        {
          name: 'input',
          type: 'string | Uint8Array',
          summary: 'what it reads from standard input',
          default: 'nothing',
        },
        { name: 'env', type: 'object', summary: 'environment variables; written before the command' },
        { name: 'timeout', type: 'number', summary: 'seconds after which it is ended', default: 'never' },
        { name: 'tty', type: 'boolean', summary: 'give it a terminal, that of the prompt', default: 'false' },
        { name: 'onOutput', type: 'function', summary: "called with each piece and 'stdout' or 'stderr'" },
        { name: 'show', type: 'boolean', summary: 'show the output as it comes', default: 'false' },
        BYTES,
        { name: 'check', type: 'boolean', summary: 'a status other than 0 is an error', default: 'false' },
      ],
      returns: 'an SshResult: stdout, stderr, status, lines, json(), values() as of sh, and host',
      errors: ['SessionError CLOSED when the connection is lost: its result has the output so far'],
      ...withSession("s.run('df -h', {timeout: 5}).lines"),
      see: ['sh', 'SshResult', 'on'],
    },
    stream: {
      summary: 'Output of a command line by line as it comes; leaving the loop ends the command.',
      usage: 'for (const line of s.stream(command, {input, env})) …',
      positionals: [COMMAND],
      parameters: [
        { name: 'input', type: 'string | Uint8Array', summary: 'what it reads from standard input' },
        { name: 'env', type: 'object', summary: 'environment variables for it' },
      ],
      returns: 'OutputLines',
      example: "const follow = s => { for (const line of s.stream('tail -f /var/log/syslog')) console.log(line) }",
      see: ['OutputLines', 'SshSession.run'],
    },
    shell: {
      summary: 'A shell of the other machine at this terminal, until it ends.',
      usage: 's.shell()',
      errors: ['SessionError without a terminal'],
      ...withSession('s.shell()'),
    },
    forward: {
      summary: 'Opens a port here whose connections come out at the other machine, and go on from there.',
      usage: 's.forward(port, target, {host, clients})',
      positionals: [{ name: 'port', type: 'number', summary: 'port here; 0 takes a free one' }, TARGET],
      parameters: FORWARD,
      returns: 'a Forward, which is a session: its port, counts, close()',
      errors: ['SessionError for a port that is in use'],
      ...withSession("s.forward(8080, '127.0.0.1:80').port"),
      see: ['Forward', 'sessions'],
    },
    socks: {
      summary: 'Opens a SOCKS5 proxy here: what connects through it comes out at the other machine.',
      usage: 's.socks(port, {host, clients})',
      positionals: [{ name: 'port', type: 'number', summary: 'port here; 0 takes a free one' }],
      parameters: FORWARD,
      returns: 'a Forward',
      ...withSession('s.socks(1080)'),
      see: ['Forward'],
    },
    reverse: {
      summary: 'Opens a port of the other machine whose connections come here, and go on from here.',
      usage: 's.reverse(port, target, {host, clients})',
      positionals: [{ name: 'port', type: 'number', summary: 'port there; 0 takes a free one' }, TARGET],
      parameters: FORWARD,
      returns: 'a ReverseForward',
      errors: ['SessionError when its server does not open the port'],
      ...withSession("s.reverse(8016, '127.0.0.1:8016')"),
      see: ['ReverseForward'],
    },
    sniff: {
      summary: 'Packets of the other machine, captured there by tcpdump; those of this session are left out.',
      usage: 's.sniff({iface, filter, count, timeout, prn, own, sudo})',
      parameters: SNIFF,
      returns: 'PacketList, as sniff; Ctrl-C keeps what is there',
      errors: ['SessionError: no tcpdump there, not permitted, no such interface, a filter that is none'],
      ...withSession("s.sniff({filter: 'icmp', count: 4})"),
      see: ['sniff', 'ssh.sniff'],
    },
    toJSON: { summary: 'The session as plain data.', ...withSession('s.toJSON()') },
  })
  describe('SshResult', {
    group: 'Objects',
    summary: 'What run of a session gives: output and status as of sh, and where it ran.',
    usage: 'result = s.run(command)',
    ...withSession("s.run('true').ok"),
    see: ['ShellResult', 'SshSession.run'],
  })
  describeMembers('SshResult', {
    host: { summary: 'Where it ran: user@host.', ...withSession("s.run('true').host") },
    toJSON: { summary: 'The result as plain data.', ...withSession("s.run('true').toJSON()") },
  })
  describe('OutputLines', {
    group: 'Objects',
    summary: 'What stream of a session gives: lines as they come, for a for…of loop.',
    usage: 'lines = s.stream(command)',
    ...withSession("s.stream('ls').return()"),
    see: ['SshSession.stream'],
  })
  describeMembers('OutputLines', {
    ...fields("s.stream('ls')", {
      command: 'The command.',
      status: 'Exit status; null while it runs, and when a signal ended it.',
      signal: 'The signal that ended it, else null.',
      stderr: 'The end of what it wrote to standard error.',
    }),
    next: { summary: 'The next line; a for…of loop calls it.', ...withSession("s.stream('ls').next()") },
    return: { summary: 'Ends the command, as break in a loop does.', ...withSession("s.stream('ls').return()") },
    toString: { summary: 'One line: what it is, and whether it runs.', ...withSession("String(s.stream('ls'))") },
  })
}

function describeFiles(): void {
  const local: ParameterMetadata = { name: 'local', type: 'string', summary: 'path here', values: 'file' }
  describe('RemoteFiles', {
    group: 'Objects',
    summary: 'Files of another machine, over SFTP.',
    usage: 's.sftp',
    ...withSession("s.sftp.list('/etc')"),
    see: ['SshSession.sftp'],
  })
  describeMembers('RemoteFiles', {
    get: {
      summary: 'Copies a file of the other machine here; it has its name only when it is complete.',
      usage: 's.sftp.get(remote, local, {recursive})',
      positionals: [
        REMOTE,
        { ...local, summary: 'file or folder here', default: 'the same name in the current folder' },
      ],
      parameters: [RECURSIVE],
      returns: 'a TransferResult',
      errors: ['SessionError that says which file, here or there, and why'],
      ...withSession("s.sftp.get('/etc/hosts', '/tmp/hosts')"),
    },
    put: {
      summary: 'Copies a file of this machine there.',
      usage: 's.sftp.put(local, remote, {recursive})',
      positionals: [local, { ...REMOTE, default: "the same name in one's home folder" }],
      parameters: [RECURSIVE],
      returns: 'a TransferResult',
      ...withSession("s.sftp.put('/etc/hosts', '/tmp/hosts')"),
    },
    list: {
      summary: 'What is in a folder.',
      usage: 's.sftp.list(remote)',
      positionals: [{ ...REMOTE, default: "one's home folder" }],
      returns: 'a RemoteFileList: {name, type, size, mode, modified, uid, gid}',
      ...withSession("s.sftp.list('/etc')"),
    },
    read: {
      summary: 'The text of a file.',
      usage: 's.sftp.read(remote, {limit})',
      positionals: [REMOTE],
      parameters: [BYTES],
      ...withSession("s.sftp.read('/etc/hostname')"),
    },
    readBytes: {
      summary: 'The bytes of a file.',
      usage: 's.sftp.readBytes(remote, {limit})',
      positionals: [REMOTE],
      parameters: [BYTES],
      ...withSession("s.sftp.readBytes('/etc/hostname').length"),
    },
    write: {
      summary: 'Writes a file, whole or not at all.',
      usage: 's.sftp.write(remote, content, {append})',
      positionals: [REMOTE, { name: 'content', type: 'string | Uint8Array', summary: 'what is to be in it' }],
      parameters: [{ name: 'append', type: 'boolean', summary: 'behind what is there', default: 'false' }],
      ...withSession("s.sftp.write('/tmp/note', 'text')"),
    },
    remove: {
      summary: 'Removes a file, or an empty folder.',
      usage: 's.sftp.remove(remote)',
      positionals: [REMOTE],
      ...withSession("s.sftp.remove('/tmp/note')"),
    },
    mkdir: {
      summary: 'Makes a folder, and those above it where they are missing.',
      usage: 's.sftp.mkdir(remote)',
      positionals: [REMOTE],
      ...withSession("s.sftp.mkdir('/tmp/a/b')"),
    },
    stat: {
      summary: 'What the other machine says of a file: {name, type, size, mode, modified, uid, gid}.',
      usage: 's.sftp.stat(remote)',
      positionals: [REMOTE],
      ...withSession("s.sftp.stat('/etc/hosts').size"),
    },
    rename: {
      summary: 'Gives a file another name, or another folder; one that is there is replaced.',
      usage: 's.sftp.rename(from, to)',
      positionals: [
        { name: 'from', type: 'string', summary: 'path there' },
        { name: 'to', type: 'string', summary: 'path there' },
      ],
      ...withSession("s.sftp.rename('/tmp/a', '/tmp/b')"),
    },
    toString: { summary: 'One line.', ...withSession('String(s.sftp)') },
  })
  describe('RemoteFileList', {
    group: 'Objects',
    summary: 'Files of a folder of another machine: an array that prints as a table.',
    usage: 's.sftp.list(folder)',
    ...withSession("s.sftp.list('/etc').filter(({ type }) => type === 'file').length"),
    see: ['RemoteFiles.list'],
  })
  describeMembers('RemoteFileList', {
    toString: { summary: 'The table.', ...withSession('String(s.sftp.list())') },
    toJSON: { summary: 'The records.', ...withSession('s.sftp.list().toJSON()') },
  })
  describe('TransferResult', {
    group: 'Objects',
    summary: 'What get and put give: how much was copied.',
    usage: 'result = s.sftp.get(remote, local)',
    ...withSession("s.sftp.get('/etc/hosts', '/tmp/hosts').bytes"),
    see: ['RemoteFiles.get', 'RemoteFiles.put'],
  })
  describeMembers('TransferResult', {
    ...fields("s.sftp.get('/etc/hosts', '/tmp/hosts')", {
      files: 'Files that were copied.',
      bytes: 'Their bytes.',
      duration: 'Seconds that it took.',
      from: 'Where it came from.',
      to: 'Where it is now.',
      skipped: 'What was left out: {path, why}.',
    }),
    toString: {
      summary: 'One line, and one for each that was left out.',
      ...withSession("String(s.sftp.put('/etc/hosts'))"),
    },
    toJSON: { summary: 'The same as plain data.', ...withSession("s.sftp.put('/etc/hosts').toJSON()") },
  })
}

function describeForwards(): void {
  for (const [name, make, where] of [
    ['Forward', "s.forward(0, '127.0.0.1:80')", 'A port here whose connections come out at another machine.'],
    ['ReverseForward', "s.reverse(0, '127.0.0.1:80')", 'A port of another machine whose connections come here.'],
  ] as const) {
    describe(name, {
      group: 'Objects',
      summary: where,
      usage: make,
      ...withSession(`${make}.port`),
      see: ['SshSession.forward', 'SshSession.socks', 'SshSession.reverse', 'Session'],
    })
    describeMembers(name, {
      ...fields(make, {
        host: 'Address that is listened on.',
        port: 'The port.',
        counts: 'What went through: {connections, open, failed, toTarget, fromTarget}, the last two in bytes.',
        kind: "'ssh forward', 'ssh socks' or 'ssh reverse'.",
        subject: 'From where to where.',
      }),
      toJSON: { summary: 'State and counts as plain data.', ...withSession(`${make}.toJSON()`) },
    })
  }
}

function describeHostResults(): void {
  const make = "on(['root@192.0.2.1'], 'uptime')"
  const reading = (member: string): Pick<Metadata, 'example' | 'examples'> => ({
    example: `const read = hosts => on(hosts, 'uptime').${member}`,
    examples: [{ code: `${make}.${member}`, needs: 'network' }],
  })
  describe('HostResults', {
    group: 'Objects',
    summary: 'What on gives: an array of {host, ok, status, duration, result, error} that prints as a table.',
    usage: 'results = on(hosts, command)',
    ...reading('length'),
    see: ['on'],
  })
  describeMembers('HostResults', {
    failed: { summary: 'Those where it did not run, or failed.', ...reading('failed') },
    succeeded: { summary: 'Those where it went well.', ...reading('succeeded') },
    ok: { summary: 'Whether it went well on all of them.', ...reading('ok') },
    byHost: { summary: 'Results by the name of the machine.', ...reading('byHost') },
    toString: { summary: 'The table.', ...reading('toString()') },
    toJSON: { summary: 'Plain data, with the output of each.', ...reading('toJSON()') },
  })
}
