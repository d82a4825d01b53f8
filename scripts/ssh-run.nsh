#!/usr/bin/env netshell
// Runs a command on one or several machines over ssh, and shows what each of them said.
//
//   netshell run ssh-run.nsh
//   netshell run ssh-run.nsh --hosts root@192.0.2.1,root@192.0.2.2 --key ~/.ssh/id_ed25519 --command 'uname -r'
//
// Without --hosts it starts an SSH server of its own on loopback, with keys that it makes
// and throws away again, and asks that one (OpenSSH must be installed, and started as root).
// The exit code is 1 when it did not go well on all machines.

const hosts = param('hosts', { help: 'machines, with commas: user@host,user@host:2222' })
const command = param('command', { default: 'echo "$(whoami) on $(uname -s)"', help: 'what to run there' })
const key = param('key', { type: 'file', help: 'private key to log in with' })
const known = param('known', { type: 'path', help: 'file of known hosts, if not the usual one' })
const unknown = param('unknown', { choices: ['ask', 'refuse', 'remember', 'accept'], help: 'what to do with an unknown host' })
const parallel = param('parallel', { type: 'int', default: 20, min: 1, max: 1000, help: 'machines at a time' })
const timeout = param('timeout', { type: 'duration', default: 15, help: 'how long one machine may take' })
const output = param('output', { type: 'boolean', help: 'print all output, not only the table' })

const results = hosts === undefined ? onServerOfOurOwn() : ask(hosts.split(','), { key, known, unknown })
print(results)
if (output) for (const { host, result } of results) if (result) print(`--- ${host}\n${result.stdout}`.trimEnd())
if (!results.ok) process.exitCode = 1

function ask(machines, login) {
  return on(machines.map((machine) => machine.trim()), command, { ...login, parallel, timeout })
}

function onServerOfOurOwn() {
  const folder = sh.check`mktemp -d`.stdout.trim()
  let server
  try {
    for (const name of ['host', 'user']) sh.check`ssh-keygen -q -t ed25519 -N ${''} -f ${`${folder}/${name}`}`
    sh.check`mkdir -p /run/sshd`
    sh.check`cp ${`${folder}/user.pub`} ${`${folder}/authorized_keys`}`
    // A port that is free now.
    const listener = tcp.listen(0, () => '')
    const { port } = listener
    listener.close()
    const settings = {
      ListenAddress: `127.0.0.1:${port}`, HostKey: `${folder}/host`, AuthorizedKeysFile: `${folder}/authorized_keys`,
      PidFile: 'none', StrictModes: 'no', UsePAM: 'no', PermitRootLogin: 'yes', PasswordAuthentication: 'no',
    }
    const words = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])
    server = bg(sh('/usr/sbin/sshd', ['-D', '-e', '-f', '/dev/null', ...words]))
    for (let attempt = 0; attempt < 50 && !connections({ listening: true }).some((each) => each.localPort === port); attempt++) sleep(0.1)
    // Of this server it is known which key it has: nothing is taken on trust.
    const fingerprint = sh.check`ssh-keygen -lf ${`${folder}/host.pub`}`.stdout.split(' ')[1]
    return ask([`127.0.0.1:${port}`], { key: `${folder}/user`, known: `${folder}/known`, fingerprint, config: false })
  } finally {
    if (server) kill(server)
    sh`rm -r ${folder}`
  }
}
