/** Values that were given as secrets: nothing that is written down may have them in it. */

/** Shorter ones would take ordinary words out of texts. */
const SHORTEST = 4
const known = new Set<string>()

/** Notes a value as secret, such as one that was typed at a hidden prompt: the history never has it. */
export function keepSecret(value: string): void {
  if (value.length >= SHORTEST) known.add(value)
}

/** The text with every value that was noted replaced. */
export function withoutSecrets(text: string, replacement = 'REDACTED'): string {
  for (const secret of known) text = text.replaceAll(secret, replacement)
  return text
}
