/** Names of files that a stranger gave. */

/** Bytes of a name: Linux's and most other systems' limit. */
export const LONGEST_NAME = 255
/** Bytes of an ending that is kept when a name is cut. */
const LONGEST_ENDING = 32

/** Control characters, halves of characters, those that turn the writing direction, and those that nobody sees. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffd]/gu
/** Joins the parts of one emoji, and letters in Persian and in scripts of India. */
const JOINERS = /[\u200c\u200d]/
/** Devices of Windows, whatever stands behind the dot. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)/i

/**
 * A name without anything that could lead out of a folder, confuse who reads it, or trouble another system. Dots at its beginning stay.
 * @param given as the other end says it, with or without a path before it
 * @returns empty where nothing is left
 */
export function plainName(given: string): string {
  // Some programs send the path that the file has with them; of Windows too.
  const last = given.slice(Math.max(given.lastIndexOf('/'), given.lastIndexOf('\\')) + 1)
  const seen = last.replace(UNSEEN, (character) => (JOINERS.test(character) ? character : ''))
  const begun = seen.trimStart()
  // Windows drops dots and spaces at the end, and then two names are one.
  const name = begun.replace(/[\s.]+$/u, '')
  if (name.replace(JOINERS, '') === '') return begun.startsWith('.') ? '.' : ''
  return cut(name.replace(DEVICE, '_$&'), '')
}

/** The same, and not hidden. */
export function visibleName(given: string): string {
  return plainName(plainName(given).replace(/^[.\s\u200c\u200d]+/u, ''))
}

/** The same name for a second file, a third …: `a (2).txt`; `a.tar.gz` stays a tar.gz. */
export function numbered(name: string, number: number): string {
  return number === 1 ? name : cut(name, ` (${number})`)
}

/** As many characters as have room, bytes in UTF-8; none is cut in two. */
export function beginning(text: string, room: number): string {
  if (Buffer.byteLength(text) <= room) return text
  const bytes = Buffer.from(text)
  let end = room
  while ((bytes[end]! & 0xc0) === 0x80) end--
  return bytes.subarray(0, end).toString().trimEnd()
}

/** Puts something before the ending; a name that is too long becomes shorter in the middle. */
function cut(name: string, more: string): string {
  const ending = endingOf(name)
  const room = LONGEST_NAME - Buffer.byteLength(ending) - Buffer.byteLength(more)
  return `${beginning(name.slice(0, name.length - ending.length), room)}${more}${ending}`
}

function endingOf(name: string): string {
  const ending = /(?:\.tar)?\.[^.\s]+$/iu.exec(name)
  // What begins with it would be hidden without it.
  return ending === null || ending.index === 0 || Buffer.byteLength(ending[0]) > LONGEST_ENDING ? '' : ending[0]
}
