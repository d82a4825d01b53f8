/** Words of a line that is no program: what stands behind a dot command, the command of an editor or a pager. */
/** Words as in a shell: quotes keep spaces together. */
export function wordsOf(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  )
}
