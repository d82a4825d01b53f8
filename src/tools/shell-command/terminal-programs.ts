/** Programs that make no sense without the terminal: lines that begin with `!` give it to them. */

const ALWAYS = new Set(
  `alsamixer atop bash btop crontab dash elinks emacs fish fzf ftp gdb gnutls-cli htop iftop info iotop ipython ipython3 irb jed joe
   kilo ksh lazygit less links lynx man mc micro mongosh more most mpv mutt nano ncdu nethogs nload nmtui nnn nvim passwd pico pine
   ranger screen sftp slrn ssh su telnet termshark tig tmux tmate top vi view vifm vim vimdiff visudo vipw w3m watch zsh`.split(
    /\s+/,
  ),
)
/** Those that do, unless they have one of these arguments. */
const UNLESS: Readonly<Record<string, RegExp>> = {
  bash: /^-[a-z]*c$|^[^-]/,
  crontab: /^-[lr]$|^[^-]/,
  dash: /^-[a-z]*c$|^[^-]/,
  emacs: /^--?batch$/,
  fish: /^-c$|^[^-]/,
  ksh: /^-[a-z]*c$|^[^-]/,
  mongosh: /^--(eval|file|version|help)$/,
  top: /^-[a-zA-Z]*b/,
  vim: /^--version$/,
  zsh: /^-[a-z]*c$|^[^-]/,
}
/** Without any argument they read what is typed. */
const WHEN_ALONE = new Set(
  'bc cat dc mysql node perl php psql python python3 ruby scapy sqlite3 lua nslookup'.split(' '),
)
/** mtr is one only where it does not write a report. */
const REPORT = /^(-[a-z]*[rwjxlC][a-z]*|--(report|report-wide|json|xml|csv|raw|split))$/
/** Options of sudo that have a value behind them. */
const SUDO_VALUES = /^-[CDghpRrTtUu]$/

/** Whether a program is to get the terminal. @param args its arguments, without its name */
export function needsTerminal(name: string, args: readonly string[], root = process.getuid?.() === 0): boolean {
  const program = name.slice(name.lastIndexOf('/') + 1)
  if (program === 'sudo' || program === 'doas') {
    // It may ask for a password, which it reads from the terminal.
    if (!root) return true
    const at = commandOfSudo(args)
    return at < args.length
      ? needsTerminal(args[at]!, args.slice(at + 1), root)
      : args.some((each) => /^-[is]$/.test(each))
  }
  if (program === 'mtr') return !args.some((each) => REPORT.test(each))
  if (WHEN_ALONE.has(program)) return args.length === 0
  if (!ALWAYS.has(program)) return false
  const unless = UNLESS[program]
  return unless === undefined || !args.some((each) => unless.test(each))
}

function commandOfSudo(args: readonly string[]): number {
  let at = 0
  while (at < args.length && args[at]!.startsWith('-')) at += SUDO_VALUES.test(args[at]!) ? 2 : 1
  return at
}
