/** Attributes of an element of XML, and what is read from them. */
export type Attributes = Readonly<Record<string, string>>

/** A number of 0 or more; undefined for anything else. */
export function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : undefined
}
