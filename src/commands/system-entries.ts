import { sh } from '../tools/shell-command/sh.js'
import { type Entry, NETNS } from './entry.js'

/** What runs other programs of this machine. */
export const SYSTEM_ENTRIES: readonly Entry[] = [
  [
    'sh',
    sh,
    () => ({
      summary:
        'Runs a program and gives its output, exit status and .json(); no shell reads the text, and each ${value} is one argument. A line !ls does the same.',
      usage: 'sh`program ${argument}`, sh(program, [arguments], {cwd, env, input, timeout, netns, limit, check})',
      positionals: [
        { name: 'program', type: 'string', summary: 'name or path of a program' },
        { name: 'arguments', type: 'list', summary: 'texts and numbers, each taken as it is' },
      ],
      parameters: [
        { name: 'cwd', type: 'string', summary: 'folder in which it runs', default: "netshell's own", values: 'file' },
        { name: 'env', type: 'object', summary: "variables besides netshell's own; undefined takes one away" },
        {
          name: 'input',
          type: 'string | Uint8Array',
          summary: 'what it reads from standard input',
          default: 'nothing',
        },
        { name: 'timeout', type: 'number', summary: 'seconds after which it is ended', default: 'never' },
        { ...NETNS, values: 'namespace' },
        { name: 'limit', type: 'number', summary: 'bytes of output; more is an error', default: '64 MiB' },
        { name: 'check', type: 'boolean', summary: 'a status other than 0 is an error', default: 'false' },
        { name: 'show', type: 'boolean', summary: 'show the output as it comes', default: 'false' },
        { name: 'tty', type: 'boolean', summary: 'give it the terminal; its output is not kept', default: 'false' },
      ],
      returns:
        'a ShellResult: stdout, stderr, status (null after a signal), signal, ok, lines, bytes, json(), values() of key=value lines, save(file), check()',
      errors: [
        'ShellError: no such program; what only a shell understands (> && ; …); with check, a status other than 0; output over the limit',
      ],
      example: 'sh`printf \'{"up": true}\'`.json().up',
      examples: [
        'const name = "two words"; sh`echo ${name} ${[1, 2]}`.stdout',
        'sh({timeout: 3, env: {LANG: "C"}})`uname -s`.lines',
        'sh.check`true`.ok',
        "sh.shell('echo a && echo b').lines",
        'sh`cat /etc/os-release`.values().ID',
      ],
      see: ['connections', 'interfaces'],
    }),
  ],
]
