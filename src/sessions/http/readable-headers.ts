/** Header fields as an object for the prompt. */
import type { HttpHeaders } from './headers.js'

/** `headers['Content-Type']` and `headers['content-type']` are the same, as fields are; what is looked at and listed is in small letters. */
export function readableHeaders(headers: HttpHeaders): Record<string, string> {
  const fields: Record<string, string> = Object.create(null)
  for (const [name] of headers) fields[name.toLowerCase()] ??= headers.get(name)!
  return new Proxy(fields, {
    get: (target, name) => (typeof name === 'string' ? target[name.toLowerCase()] : (target as never)[name]),
    has: (target, name) => (typeof name === 'string' ? name.toLowerCase() in target : name in target),
    getOwnPropertyDescriptor: (target, name) =>
      Reflect.getOwnPropertyDescriptor(target, typeof name === 'string' ? name.toLowerCase() : name),
    set: () => false,
    deleteProperty: () => false,
    defineProperty: () => false,
  })
}
