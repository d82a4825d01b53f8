/** XML from strangers as a tree of elements, within bounds. */

/** What is wrong with an interface; the message begins with the line. */
export class InterfaceError extends Error {
  override readonly name = 'InterfaceError'
  /** From 1. */
  readonly line: number

  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`)
    this.line = line
  }
}

export interface XmlElement {
  name: string
  attributes: ReadonlyMap<string, string>
  children: XmlElement[]
  /** What stands between its tags, without that of its children. */
  text: string
  line: number
}

/** Bytes of XML. */
export const MOST_BYTES = 1 << 20
const MOST_ELEMENTS = 20_000
const MOST_DEPTH = 100

/**
 * The element at the top. Entities but the five of XML, and declarations of entities, are refused.
 * @throws InterfaceError where the XML is broken or too much
 */
export async function readXml(xml: string): Promise<XmlElement> {
  const bytes = Buffer.byteLength(xml)
  if (bytes > MOST_BYTES) throw new InterfaceError(1, `an interface may have ${MOST_BYTES} bytes, this has ${bytes}`)
  const { SaxesParser } = await import('saxes')
  const parser = new SaxesParser()
  const open: XmlElement[] = []
  let top: XmlElement | undefined
  let count = 0

  parser.on('error', ({ message }) => {
    throw new InterfaceError(parser.line, message.replace(/^\d+:\d+: /, ''))
  })
  parser.on('doctype', (doctype) => {
    if (doctype.includes('[')) throw new InterfaceError(parser.line, 'entities and the like cannot be declared here')
  })
  parser.on('opentag', ({ name, attributes }) => {
    const element: XmlElement = {
      name,
      attributes: new Map(Object.entries(attributes)),
      children: [],
      text: '',
      line: parser.line,
    }
    if (++count > MOST_ELEMENTS) throw new InterfaceError(parser.line, `more than ${MOST_ELEMENTS} elements`)
    if (open.length >= MOST_DEPTH)
      throw new InterfaceError(parser.line, `more than ${MOST_DEPTH} elements in each other`)
    open.at(-1)?.children.push(element)
    top ??= element
    open.push(element)
  })
  const addText = (text: string) => {
    const element = open.at(-1)
    if (element !== undefined) element.text += text
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('closetag', () => {
    open.pop()
  })
  parser.write(xml).close()
  return top!
}
