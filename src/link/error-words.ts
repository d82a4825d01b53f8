/** What strerror(3) says in English, for libraries that give an error's text but not its number. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/operation not permitted|don't have permission/i, 'EPERM'],
  [/permission denied/i, 'EACCES'],
  [/message too long/i, 'EMSGSIZE'],
  [/network is down|is not up|went down/i, 'ENETDOWN'],
  [/network is unreachable/i, 'ENETUNREACH'],
  [/no route to host/i, 'EHOSTUNREACH'],
  [/no such device or address/i, 'ENXIO'],
  [/no such device|interface disappeared/i, 'ENODEV'],
  [/no buffer space/i, 'ENOBUFS'],
  [/resource temporarily unavailable/i, 'EAGAIN'],
  [/invalid argument/i, 'EINVAL'],
  [/cannot assign requested address/i, 'EADDRNOTAVAIL'],
]

/** The system's name of an error (`'ENETDOWN'`), found by its words, or undefined. */
export function errnoOfWords(text: string): string | undefined {
  return WORDS.find(([pattern]) => pattern.test(text))?.[1]
}
