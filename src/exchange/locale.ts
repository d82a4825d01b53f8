/** Whether text beyond ASCII can be shown: the locale's character set is UTF-8 (POSIX: LC_ALL before LC_CTYPE before LANG). */
export function isUtf8(environment: NodeJS.ProcessEnv = process.env): boolean {
  const { LC_ALL, LC_CTYPE, LANG } = environment
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '')
}
