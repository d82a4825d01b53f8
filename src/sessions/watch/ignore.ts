/** Patterns of names that are not watched: `*.tmp`, `node_modules`, `build/**`. */
import { OptionError } from '../../exchange/index.js'

/** Whether a path, relative to the watched folder, is to be passed over. */
export type Ignore = (path: string) => boolean

/**
 * Patterns as the shell has them: `*` and `?` stand for anything but `/`, `**` for any folders, `[a-z]` for one of these, `{a,b}` for either. One
 * without a `/` is about names, wherever they are.
 */
export function ignoring(patterns: readonly string[]): Ignore {
  if (patterns.length === 0) return () => false
  const names = patterns.filter((pattern) => !pattern.includes('/')).map(expression)
  const paths = patterns
    .filter((pattern) => pattern.includes('/'))
    .map((pattern) => expression(pattern.replace(/^\.?\//, '')))
  return (path) => {
    const name = path.slice(path.lastIndexOf('/') + 1)
    return names.some((each) => each.test(name)) || paths.some((each) => each.test(path))
  }
}

const PARTS = /\*\*\/|\*\*|\*|\?|\[[!^]?\]?[^\]]*\]|[{},]|\\.|[^*?[{},\\]+|./gsu

function expression(pattern: string): RegExp {
  let depth = 0
  let source = ''
  // A folder of which all is passed over is so itself.
  const rest = pattern.endsWith('/**') ? '(?:/.*)?' : ''
  for (const [part] of (rest === '' ? pattern : pattern.slice(0, -3)).matchAll(PARTS)) {
    if (part === '{') depth++
    if (part === '}' && depth === 0) source += '\\}'
    else source += sourceOf(part, depth)
    if (part === '}' && depth > 0) depth--
  }
  if (depth > 0) throw new OptionError(`watch: the pattern '${pattern}' has a { without its }`)
  try {
    return new RegExp(`^(?:${source})${rest}$`, 'su')
  } catch {
    throw new OptionError(`watch: the pattern '${pattern}' cannot be understood`)
  }
}

function sourceOf(part: string, depth: number): string {
  switch (part) {
    case '**/':
      return '(?:.*/)?'
    case '**':
      return '.*'
    case '*':
      return '[^/]*'
    case '?':
      return '[^/]'
    case '{':
      return '(?:'
    case '}':
      return ')'
    case ',':
      return depth > 0 ? '|' : ','
  }
  if (part.startsWith('[') && part.length > 2) return part.replace(/^\[[!^]/, '[^').replaceAll('\\', '\\\\')
  return (part.startsWith('\\') && part.length > 1 ? part.slice(1) : part).replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
