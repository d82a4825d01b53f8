/** What is compared: for each shell a claim, what is typed to check it, and what the screen must show then. */
import type { ShellName } from './shells.js'

/**
 * What is typed: a text is typed and followed by Enter; `{keys}` are pressed, `{text}` is typed without Enter, `{wait}` waits ms, `{paste}` is pasted, and
 * behind `{open}` and Enter no prompt is waited for. */
export type Step =
  | string
  | { keys: readonly string[] }
  | { text: string }
  | { wait: number }
  | { paste: string }
  | { open: string }

export interface Cell {
  /** What docs/compare.md says. */
  claim: string
  steps: readonly Step[]
  /** What shows that the claim is true. */
  evidence: RegExp
  /** What would show that it is not. */
  not?: RegExp
}

export interface Row {
  feature: string
  cells: Record<ShellName, Cell>
}

const key = (...keys: string[]): Step => ({ keys })
const text = (typed: string): Step => ({ text: typed })
/** A line that is not followed by a prompt. */
const open = (typed: string): Step => ({ open: typed })
const wait = (milliseconds: number): Step => ({ wait: milliseconds })

const NAME_ERROR = /NameError/
const REFERENCE_ERROR = /ReferenceError/

function no(steps: readonly Step[], evidence: RegExp, claim = '–', not?: RegExp): Cell {
  return yes(steps, evidence, claim, not)
}

function yes(steps: readonly Step[], evidence: RegExp, claim = 'yes', not?: RegExp): Cell {
  return not === undefined ? { claim, steps, evidence } : { claim, steps, evidence, not }
}

export const ROWS: readonly Row[] = [
  {
    feature: 'packets by `/`, with nothing imported',
    cells: {
      netshell: yes(["IP({dst: '10.0.0.1'})/ICMP()"], /IP \/ ICMP/),
      scapy: yes(["IP(dst='10.0.0.1')/ICMP()"], /<IP .*ICMP/),
      ipython: no(['IP()'], NAME_ERROR),
      mongosh: no(['IP()'], REFERENCE_ERROR),
    },
  },
  {
    feature: 'Tab tells what each candidate is',
    cells: {
      netshell: yes([text('snif'), key('Tab'), text('({co'), key('Tab')], /count.*(ends after|packets)/i),
      scapy: no([text('IP(pro'), key('Tab'), wait(800)], /proto=/, 'names only'),
      ipython: no([text('print(fl'), key('Tab'), wait(800)], /flush=/, 'names only'),
      mongosh: no([text('print'), key('Tab', 'Tab'), wait(1500)], /printjson|print\b/, 'names only'),
    },
  },
  {
    feature: 'Tab inside of a layer: its fields',
    cells: {
      netshell: yes([text('IP({ds'), key('Tab')], /IP\(\{dst:/),
      scapy: yes([text('IP(ds'), key('Tab'), wait(800)], /IP\(dst=/),
      ipython: no(['IP()'], NAME_ERROR),
      mongosh: no(['IP()'], REFERENCE_ERROR),
    },
  },
  {
    feature: 'Tab inside of quotes: names of values and flags',
    cells: {
      netshell: yes([text("ICMP({type: 'echo-req"), key('Tab')], /echo-request/),
      scapy: no([text("ICMP(type='echo-req"), key('Tab', 'Tab'), wait(800)], /echo-req(?!u)/),
      ipython: no(['IP()'], NAME_ERROR),
      mongosh: no(['IP()'], REFERENCE_ERROR),
    },
  },
  {
    feature: 'Tab never runs a getter',
    cells: {
      netshell: yes(
        [
          "ran = 'no'; o = {}; Object.defineProperty(o, 'g', {get() { ran = 'RAN'; return {a: 1} }})",
          text('o.g.'),
          key('Tab', 'Tab'),
          wait(500),
          key('C-c'),
          wait(300),
          "console.log('it was ' + ran)",
        ],
        /it was no/,
      ),
      scapy: no(
        [
          { paste: "class A:\n    @property\n    def g(self): print('it' + ' was run'); return self\n" },
          key('Enter'),
          'a = A()',
          text('a.g.'),
          key('Tab'),
          wait(1500),
          key('C-c'),
        ],
        /it was run/,
        'no',
      ),
      ipython: no(
        [
          { paste: "class A:\n    @property\n    def g(self): print('it' + ' was run'); return self\n" },
          key('Enter'),
          'a = A()',
          text('a.g.'),
          key('Tab'),
          wait(1500),
          key('C-c'),
        ],
        /it was run/,
        'no',
      ),
      mongosh: yes(
        [
          "ran = 'no'; o = {}; Object.defineProperty(o, 'g', {get() { ran = 'RAN'; return {a: 1} }}); 1",
          text('o.g.'),
          key('Tab', 'Tab'),
          wait(500),
          key('C-c'),
          wait(300),
          "print('it was ' + ran)",
        ],
        /it was no/,
      ),
    },
  },
  {
    feature: 'help of anything, `x?`; its source, `x??`',
    cells: {
      netshell: yes(['function twice(n) { return n * 2 }', 'twice??'], /twice\?\?[\s\S]*return n \* 2/),
      scapy: yes(['twice = lambda n: n * 2', 'twice??', wait(800)], /Source:/),
      ipython: yes(['twice = lambda n: n * 2', 'twice??', wait(800)], /Source:/),
      mongosh: no([text('print?'), key('Enter'), wait(500), key('C-c')], /\.\.\./),
    },
  },
  {
    feature: 'a word looked up in all of the help',
    cells: {
      netshell: yes(["apropos('checksum')"], /chksum/),
      scapy: no(['*chksum*?', wait(800)], /chksum|>>>/, 'names only'),
      ipython: no(['*print*?', wait(800)], /print/, 'names only'),
      mongosh: no(["apropos('x')"], REFERENCE_ERROR),
    },
  },
  {
    feature: 'a block of several lines comes back whole from the history',
    cells: {
      netshell: yes(
        [
          open('for (const i of [1, 2]) {'),
          open('console.log(i * 7)'),
          '}',
          wait(300),
          key('C-l'),
          wait(200),
          key('Up'),
          wait(300),
        ],
        /for \(const i[^\n]*\n[^\n]*console[^\n]*\n[^\n]*}/,
      ),
      scapy: yes(
        [
          open('for i in (1, 2):'),
          open('print(i * 7)'),
          open(''),
          wait(500),
          key('C-l'),
          wait(300),
          key('Up'),
          wait(500),
        ],
        /for i in[^\n]*\n[^\n]*print/,
      ),
      ipython: yes(
        [
          open('for i in (1, 2):'),
          open('print(i * 7)'),
          open(''),
          wait(500),
          key('C-l'),
          wait(300),
          key('Up'),
          wait(500),
        ],
        /for i in[^\n]*\n[^\n]*print/,
      ),
      mongosh: no(
        [
          open('for (const i of [1, 2]) {'),
          open('print(i * 7)'),
          '}',
          wait(500),
          key('C-l'),
          wait(300),
          key('Up'),
          wait(500),
        ],
        /for \(const i[^\n]*;?[^\n]*print/,
        'in one row',
      ),
    },
  },
  {
    feature: 'pasted lines are one block, which waits for Enter',
    cells: {
      netshell: yes(
        [{ paste: "console.log('o' + 'ne')\nconsole.log('t' + 'wo')\n" }, wait(500)],
        /'o' \+ 'ne'/,
        'yes',
        /^one/m,
      ),
      scapy: yes([{ paste: "print('o' + 'ne')\nprint('t' + 'wo')\n" }, wait(500)], /'o' \+ 'ne'/, 'yes', /^one/m),
      ipython: yes([{ paste: "print('o' + 'ne')\nprint('t' + 'wo')\n" }, wait(500)], /'o' \+ 'ne'/, 'yes', /^one/m),
      mongosh: yes([{ paste: "print('o' + 'ne')\nprint('t' + 'wo')\n" }, wait(800)], /'o' \+ 'ne'/, 'yes', /^one/m),
    },
  },
  {
    feature: 'earlier results by name',
    cells: {
      netshell: yes(['6 * 7', "'a' + 'b'", '_1 + 1'], /\b43$/m),
      scapy: yes(['6 * 7', "'a' + 'b'", '_1 + 1', wait(300)], /\b43$|NameError/m),
      ipython: yes(['6 * 7', "'a' + 'b'", '_1 + 1'], /\b43$/m),
      mongosh: no(['6 * 7', '_ + 1'], /\b43$/m, 'the last'),
    },
  },
  {
    feature: 'what waits is waited for in callbacks, too',
    cells: {
      netshell: yes(["[1, 2].map(n => { sleep(0.01); return n + 'x' })"], /1x.*2x/),
      scapy: yes(["list(map(lambda n: time.sleep(0.01) or f'{n}x', [1, 2]))"], /1x.*2x/),
      ipython: yes(['import time', "list(map(lambda n: time.sleep(0.01) or f'{n}x', [1, 2]))"], /1x.*2x/),
      mongosh: yes(["[1, 2].map(n => { sleep(10); return n + 'x' })"], /1x.*2x/),
    },
  },
  {
    feature: 'Ctrl-C keeps what `pkts = sniff()` has seen',
    cells: {
      netshell: yes(
        [open("pkts = sniff({iface: 'lo'})"), wait(700), key('C-c'), wait(500), 'pkts.length + 1000'],
        /\b10\d\d$/m,
      ),
      scapy: yes(
        [open("pkts = sniff(iface='lo')"), wait(1500), key('C-c'), wait(800), 'len(pkts) + 1000'],
        /\b10\d\d$/m,
      ),
      ipython: no(['sniff()'], NAME_ERROR),
      mongosh: no(['sniff()'], REFERENCE_ERROR),
    },
  },
  {
    feature: 'one Ctrl-C ends three `sniff()` in a loop',
    cells: {
      netshell: yes(
        [
          text("for (const i of [1, 2, 3]) { sniff({iface: 'lo'}); console.log('go' + 'es on') }"),
          key('Enter'),
          wait(900),
          key('C-c'),
          wait(700),
          "console.log('rea' + 'dy')",
        ],
        /^ready/m,
        'yes',
        /^goes on\n[\s\S]*goes on/m,
      ),
      scapy: no(
        [
          text("for i in (1, 2, 3): sniff(iface='lo'); print('go' + 'es on')"),
          key('Enter'),
          wait(300),
          key('Enter'),
          wait(1500),
          key('C-c'),
          wait(1000),
        ],
        /goes on/,
        'three',
        /goes on[\s\S]*>>>$/,
      ),
      ipython: no(['sniff()'], NAME_ERROR),
      mongosh: no(['sniff()'], REFERENCE_ERROR),
    },
  },
  {
    feature: '`finally` runs at Ctrl-C',
    cells: {
      netshell: yes(
        [text("try { sleep(60) } finally { console.log('clea' + 'ned') }"), key('Enter'), wait(900), key('C-c')],
        /cleaned/,
      ),
      scapy: yes(
        [
          { paste: "try: time.sleep(60)\nfinally: print('clea' + 'ned')\n" },
          key('Enter'),
          wait(300),
          key('Enter'),
          wait(1000),
          key('C-c'),
        ],
        /cleaned/,
      ),
      ipython: yes(
        [
          'import time',
          { paste: "try: time.sleep(60)\nfinally: print('clea' + 'ned')\n" },
          key('Enter'),
          wait(300),
          key('Enter'),
          wait(1000),
          key('C-c'),
        ],
        /cleaned/,
      ),
      mongosh: no(
        [
          text("try { sleep(60000) } finally { print('clea' + 'ned') }"),
          key('Enter'),
          wait(1000),
          key('C-c'),
          wait(1000),
        ],
        />/,
        '–',
        /^cleaned/m,
      ),
    },
  },
  {
    feature: 'jobs in the background, listed, brought back, stopped',
    cells: {
      netshell: yes(["bg(sniff({iface: 'lo'}))", 'jobs()', 'kill(1)'], /running[\s\S]*stopped/),
      scapy: no(
        ["t = AsyncSniffer(iface='lo'); t.start(); t", 'jobs()'],
        /AsyncSniffer[\s\S]*NameError/,
        'sniffers, not listed',
      ),
      ipython: no(['%jobs'], /not found|UsageError/, 'a library'),
      mongosh: no(['jobs()'], REFERENCE_ERROR),
    },
  },
  {
    feature: 'types may be typed',
    cells: {
      netshell: yes(['let count: number = 5', 'count + 1000'], /\b1005$/m),
      scapy: yes(['count: int = 5', 'count + 1000'], /\b1005$/m),
      ipython: yes(['count: int = 5', 'count + 1000'], /\b1005$/m),
      mongosh: no(['let count: number = 5'], /SyntaxError/),
    },
  },
  {
    feature: '"did you mean" for names, members, fields, options',
    cells: {
      netshell: yes(['snif()'], /did you mean 'sniff'/),
      scapy: no(['snif()', wait(500), 'IP(tll=3)'], /NameError[\s\S]*(AttributeError|tll)/, '–', /did you mean/i),
      ipython: no(['prin(1)'], NAME_ERROR, '–', /did you mean/i),
      mongosh: no(['prin(1)'], REFERENCE_ERROR, '–', /did you mean/i),
    },
  },
  {
    feature: 'programs of the system; their output as data',
    cells: {
      netshell: yes(
        ['!ip -j addr', '_.json().length + 1000', 'links = !ip -j link', 'links.json().length + 2000'],
        /\b200\d$/m,
      ),
      scapy: yes(['x = !ip -j link', 'len(x) + 1000'], /\b100\d$/m, 'text'),
      ipython: yes(['x = !ip -j link', 'len(x) + 1000'], /\b100\d$/m, 'text'),
      mongosh: no(['!ls'], /ReferenceError|false|SyntaxError/),
    },
  },
  {
    feature: 'the session saved as a script that runs',
    cells: {
      netshell: yes(
        ['value = 6 * 7', '.save compared.nsh', "require('fs').readFileSync('compared.nsh', 'utf8')"],
        /6 \* 7/,
      ),
      scapy: yes(['value = 6 * 7', '%save compared.py 1', wait(300)], /written to/, 'by line numbers'),
      ipython: yes(['value = 6 * 7', '%save compared.py 1'], /written to/, 'by line numbers'),
      mongosh: yes(['value = 6 * 7', '.save compared.js'], /saved to/),
    },
  },
  {
    feature: 'settings that refuse wrong values',
    cells: {
      netshell: yes(["conf.timeout = 'soon'"], /timeout.*(number|seconds)/i),
      scapy: no(["conf.verb = 'soon'", 'conf.verb'], /soon'?\n/),
      ipython: yes(["%config TerminalInteractiveShell.history_length = 'soon'"], /expected an int/),
      mongosh: yes(["config.set('historyLength', 'soon')"], /must be|fail|invalid/i),
    },
  },
  {
    feature: 'open sockets and their processes as a table',
    cells: {
      netshell: yes(['connections()'], /local[\s\S]*state/i),
      scapy: no(['connections()'], NAME_ERROR),
      ipython: no(['connections()'], NAME_ERROR),
      mongosh: no(['connections()'], REFERENCE_ERROR),
    },
  },
  {
    feature: 'what works on this machine, and the remedy of what does not',
    cells: {
      netshell: yes([open('doctor()'), wait(3000)], /libpcap/),
      scapy: no(['doctor()'], NAME_ERROR),
      ipython: no(['doctor()'], NAME_ERROR),
      mongosh: no(['doctor()'], REFERENCE_ERROR),
    },
  },
  {
    feature: 'a dump with the bytes of a field marked',
    cells: {
      netshell: yes(["hexdump(IP({src: '1.2.3.4', dst: '1.2.3.5'})/TCP(), 'TCP.flags')"], /flags/),
      scapy: no(["hexdump(IP()/TCP(), 'flags')"], /NameError|TypeError|0000/, 'bytes alone', /\^\^|\[02\]/),
      ipython: no(['hexdump(1)'], NAME_ERROR),
      mongosh: no(['hexdump(1)'], REFERENCE_ERROR),
    },
  },
  {
    feature: 'scripts gone through step by step',
    cells: {
      netshell: yes(
        [
          "require('fs').writeFileSync('lesson.nsh', '// the answer\\nanswer = 6 * 7\\n')",
          open('.load --step lesson.nsh'),
          key('Enter'),
          'answer + 1000',
        ],
        /\b1042$/m,
      ),
      scapy: no(['%load --step x.py', wait(300)], /rror/, 'a debugger'),
      ipython: no(['%load --step x.py', wait(300)], /rror/, 'a debugger'),
      mongosh: no(['.load --step x.js', wait(300)], /Failed to load/),
    },
  },
  {
    feature: 'a recording for asciinema',
    cells: {
      netshell: yes(
        [
          '.record compared.cast',
          '1 + 1',
          '.record stop',
          "require('fs').readFileSync('compared.cast', 'utf8').slice(0, 14)",
        ],
        /version/,
      ),
      scapy: no(['%logstart compared.log', wait(300)], /Activating|rror/, 'a log'),
      ipython: no(['%logstart compared.log', wait(300)], /Activating/, 'a log'),
      mongosh: no(['.record x', wait(300)], /rror|Uncaught|nvalid/),
    },
  },
]
