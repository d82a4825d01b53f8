/** One `<object>` of GtkBuilder XML: its properties, signals and children, as they stand there. */
import type { Signal } from './model.js'
import { InterfaceError, type XmlElement } from './xml-tree.js'

export interface GtkChild {
  object: GtkObject
  /** `label`, `tab`, `titlebar`, … */
  type?: string
  /** Of `<packing>`. */
  packing: ReadonlyMap<string, string>
}

const MOST_SIGNALS = 20
const MOST_NAME = 200

export class GtkObject {
  readonly class: string
  readonly id: string | undefined
  readonly line: number
  /** By their names with dashes. */
  readonly properties: ReadonlyMap<string, string>
  /** Gtk 4: where it stands in its parent. */
  readonly layout: ReadonlyMap<string, string>
  readonly children: GtkChild[]
  readonly element: XmlElement

  constructor(element: XmlElement) {
    this.element = element
    this.line = element.line
    // A template is a new class; it looks as the one that it is made from.
    this.class = shortName(element, element.name === 'template' ? 'parent' : 'class')
    this.id = element.attributes.has('id') ? shortName(element, 'id') : undefined
    this.properties = propertiesOf(element)
    this.layout = propertiesOf(element.children.find(({ name }) => name === 'layout'))
    this.children = named(element, 'child').flatMap((child) => {
      const inner = child.children.find(({ name }) => name === 'object')
      if (inner === undefined) return []
      const packing = propertiesOf(child.children.find(({ name }) => name === 'packing'))
      return [{ object: new GtkObject(inner), type: child.attributes.get('type'), packing }]
    })
    // Gtk 4: `<property name="child"><object>`
    for (const property of named(element, 'property'))
      for (const inner of named(property, 'object')) {
        const name = property.attributes.get('name')
        this.children.push({ object: new GtkObject(inner), type: name === 'child' ? undefined : name, packing: NONE })
      }
  }

  /** Text of a property, or what stands for it. */
  text(name: string, otherwise = ''): string {
    return this.properties.get(name) ?? otherwise
  }

  flag(name: string, otherwise: boolean): boolean {
    return flag(this.properties.get(name), otherwise)
  }

  /** @throws InterfaceError if it is no number */
  number(name: string, otherwise: number): number {
    return number(this.properties.get(name), otherwise, `${this.class}.${name}`, this.line)
  }

  get signals(): Signal[] {
    const signals = named(this.element, 'signal')
    if (signals.length > MOST_SIGNALS)
      throw new InterfaceError(this.line, `${this.class} has more than ${MOST_SIGNALS} signals`)
    return signals.map((signal) => ({
      name: dashed(shortName(signal, 'name')),
      handler: shortName(signal, 'handler'),
    }))
  }

  /** Elements of that name anywhere below, as far as `within` leads: `below('columns', 'column')`. */
  below(...within: string[]): XmlElement[] {
    let found = [this.element]
    for (const name of within) found = found.flatMap((element) => named(element, name))
    return found
  }
}

const NONE: ReadonlyMap<string, string> = new Map()

export function flag(text: string | undefined, otherwise: boolean): boolean {
  return text === undefined ? otherwise : /^\s*(true|yes|y|t|1)\s*$/i.test(text)
}

export function number(text: string | undefined, otherwise: number, what: string, line: number): number {
  if (text === undefined) return otherwise
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InterfaceError(line, `${what} is no number`)
  return value
}

function propertiesOf(element: XmlElement | undefined): ReadonlyMap<string, string> {
  if (element === undefined) return NONE
  return new Map(
    named(element, 'property').map((property) => [dashed(shortName(property, 'name')), property.text] as const),
  )
}

function named(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name)
}

function dashed(name: string): string {
  return name.replaceAll('_', '-')
}

/** An attribute that must be there. */
function shortName({ name, attributes, line }: XmlElement, attribute: string): string {
  const value = attributes.get(attribute)
  if (value === undefined || value === '') throw new InterfaceError(line, `<${name}> has no ${attribute}`)
  if (value.length > MOST_NAME)
    throw new InterfaceError(line, `the ${attribute} of <${name}> has more than ${MOST_NAME} characters`)
  return value
}
