/** What an expression in the text is, without running it: values are looked up, calls are known by their functions' names. */
import { metadataOf } from '../../commands/metadata.js'
import { type LayerDefinition, layerByName } from '../../packet/index.js'
import {
  asPacket,
  classesOf,
  elementOf,
  instance,
  isInstance,
  type Known,
  type KnownPacket,
  valueBehind,
} from './known.js'
import { between, type Local, localsOf } from './locals.js'
import { describedType, memberOf, memberType, resolve } from './member-types.js'
import { elementParameters, PACKET_CALLBACKS, prototypeNamed, returnedBy } from './return-types.js'
import { isPreloaded } from './session.js'
import type { SourceView } from './source-view.js'
import { definitionOf, ownProperty, propertyOf } from './values.js'

/** How deep expressions are followed: through variables of the text, calls and brackets. */
const MAX_DEPTH = 24

export class Inference {
  readonly #view: SourceView
  #locals: Map<string, Local> | null = null
  #depth = 0

  constructor(view: SourceView) {
    this.#view = view
  }

  /** The names that the text declares and that are visible at the cursor. */
  get locals(): Map<string, Local> {
    this.#locals ??= localsOf(this.#view)
    return this.#locals
  }

  /** The expression of members and calls that ends with this token. */
  endingAt(token: number): Known | null {
    const start = this.#view.chainStart(token)
    return start < 0 ? null : this.chain(start, token + 1)
  }

  /** Any expression. */
  expression(from: number, to: number): Known | null {
    if (from >= to || this.#depth >= MAX_DEPTH) return null
    this.#depth++
    try {
      return this.#expression(from, to)
    } finally {
      this.#depth--
    }
  }

  #expression(from: number, to: number): Known | null {
    const view = this.#view
    const first = view.at(from)
    if (view.kind(from) === 'keyword') {
      if (first === 'await') return this.expression(from + 1, to)
      if (first === 'typeof') return instance('string')
      if (first === 'async' || first === 'function') return this.#functionAt(from)
    }
    const operators: number[] = []
    for (const index of view.topLevel(from, to)) if (this.#isOperator(index)) operators.push(index)
    if (operators.length === 0) return this.chain(from, to)
    const has = (pattern: RegExp): number | undefined => operators.find((index) => pattern.test(view.at(index)))
    if (has(/^=>$/) !== undefined) return this.#functionAt(from)
    const assignment = has(/^=$/)
    if (assignment !== undefined) return this.expression(assignment + 1, to)
    const question = has(/^\?$/)
    if (question !== undefined) {
      const colon = operators.find((index) => index > question && view.at(index) === ':') ?? to
      return this.expression(question + 1, colon) ?? this.expression(colon + 1, to)
    }
    const either = has(/^(?:\|\||\?\?|&&)$/)
    if (either !== undefined) {
      const [left, right] = [this.expression(from, either), this.expression(either + 1, to)]
      return view.at(either) === '&&' ? right : (left ?? right)
    }
    if (has(/^(?:[=!]==?|<=?|>=?|instanceof|in|!)$/) !== undefined) return instance('boolean')
    const cast = has(/^(?:as|satisfies)$/)
    if (cast !== undefined) return this.expression(from, cast)
    const parts = this.#parts(operators, from, to)
    if (operators.every((index) => view.at(index) === '/')) return this.#stacked(parts)
    if (parts.some((part) => isInstance(part, 'String')) && has(/^\+$/) !== undefined) return instance('string')
    if (has(/^\*$/) !== undefined) {
      const packet = parts.map(asStacked).find((part) => part !== null)
      if (packet) return { is: 'instance', className: 'Array', of: packet }
    }
    return parts.every((part) => isInstance(part, 'Number')) ? instance('number') : null
  }

  #isOperator(index: number): boolean {
    const kind = this.#view.kind(index)
    const text = this.#view.at(index)
    if (kind === 'keyword') return text === 'in' || text === 'instanceof'
    if (kind === 'name') return (text === 'as' || text === 'satisfies') && index > 0 && this.#view.endsValue(index - 1)
    return kind === 'punctuator' && !/^(?:\.|\?\.|[()[\]{}])$/.test(text)
  }

  #parts(operators: readonly number[], from: number, to: number): (Known | null)[] {
    const ends = [...operators, to]
    return ends.map((end, place) => this.expression(place === 0 ? from : operators[place - 1]! + 1, end))
  }

  /** `a / b / c`: a packet when one of them is. */
  #stacked(parts: readonly (Known | null)[]): Known | null {
    const packets = parts.map(asStacked)
    if (packets.every((packet) => packet === null)) {
      return parts.every((part) => isInstance(part, 'Number')) ? instance('number') : null
    }
    const raw = layerByName('Raw')?.definition
    const layers: LayerDefinition[] = []
    for (const packet of packets) {
      if (packet !== null) {
        if (packet.layers === null) return { is: 'packet', layers: null }
        layers.push(...packet.layers)
      } else if (raw !== undefined) layers.push(raw)
    }
    return { is: 'packet', layers }
  }

  /** `a.b?.c[0](…)` */
  chain(from: number, to: number): Known | null {
    if (this.#depth >= MAX_DEPTH) return null
    this.#depth++
    try {
      const [first, next] = this.#primary(from, to)
      let known = first
      for (let index = next; index < to && known !== null; ) {
        const text = this.#view.at(index)
        const closing = this.#view.closer(index)
        if (text === '.' || text === '?.') {
          if (/^[([]$/.test(this.#view.at(index + 1))) index++
          else {
            known = memberOf(known, this.#view.at(index + 1))
            index += 2
          }
        } else if (text === '(' && closing > 0 && closing < to) {
          known = this.#called(known, index + 1, closing)
          index = closing + 1
        } else if (text === '[' && closing > 0 && closing < to) {
          known = this.#indexed(known, index + 1, closing)
          index = closing + 1
        } else if (text === '!') index++
        else if (this.#view.kind(index) === 'template') {
          known = this.#called(known, index, index)
          while (this.#view.closer(index) > index) index = this.#view.closer(index)
          index++
        } else return null
      }
      return known
    } finally {
      this.#depth--
    }
  }

  #primary(from: number, to: number): [known: Known | null, next: number] {
    const view = this.#view
    const text = view.at(from)
    const closing = view.closer(from)
    switch (view.kind(from)) {
      case 'string':
        return [{ is: 'value', value: '' }, from + 1]
      case 'number':
        return [instance(text.endsWith('n') ? 'bigint' : 'number'), from + 1]
      case 'regex':
        return [instance('RegExp'), from + 1]
      case 'template': {
        let end = from
        while (view.closer(end) > end) end = view.closer(end)
        return [{ is: 'value', value: '' }, end + 1]
      }
      case 'keyword':
        return text === 'new' ? this.#made(from, to) : [null, to]
    }
    if (view.isName(from)) return [this.name(text), from + 1]
    if (closing < 0 || closing >= to) return [null, to]
    if (text === '(') return [this.expression(from + 1, closing), closing + 1]
    if (text === '[') {
      const of = closing === from + 1 ? null : this.expression(from + 1, this.#entryEnd(from + 1, closing))
      return [{ is: 'instance', className: 'Array', of }, closing + 1]
    }
    if (text === '{' && view.isObject(from)) return [this.#object(from, closing), closing + 1]
    return [null, to]
  }

  /** `new A.B(…)` */
  #made(from: number, to: number): [known: Known | null, next: number] {
    const view = this.#view
    let index = from + 1
    while (view.isName(index) && /^\??\.$/.test(view.at(index + 1)) && index + 2 < to) index += 2
    const maker = this.chain(from + 1, index + 1)
    const closing = view.at(index + 1) === '(' ? view.closer(index + 1) : index
    if (closing < 0) return [null, to]
    const value = valueBehind(maker)
    const name = typeof value === 'function' ? ownProperty(value, 'name')?.value : view.at(index)
    const prototype = typeof value === 'function' ? ownProperty(value, 'prototype')?.value : undefined
    // Of a class of the user's, what its prototype has.
    if (typeof prototype === 'object' && prototype !== null && prototypeNamed(String(name)) !== prototype) {
      return [{ is: 'value', value: prototype }, closing + 1]
    }
    return [typeof name === 'string' ? instance(name) : null, closing + 1]
  }

  #object(from: number, closing: number): Known {
    const view = this.#view
    const members = new Map<string, () => Known | null>()
    for (let index = from + 1; index < closing; ) {
      const end = this.#entryEnd(index, closing)
      const name = view.kind(index) === 'string' ? view.at(index).slice(1, -1) : view.at(index)
      const value = index + 2
      if (view.isName(index) || view.kind(index) === 'string' || view.kind(index) === 'keyword') {
        const isShort = view.at(index + 1) !== ':'
        members.set(name, () => (isShort ? this.name(name) : this.expression(value, end)))
      }
      index = end + 1
    }
    return { is: 'object', members }
  }

  #entryEnd(from: number, to: number): number {
    for (const index of this.#view.topLevel(from, to)) if (this.#view.at(index) === ',') return index
    return to
  }

  /** `x => …`, `(a, b) => …`, `function (a, b) {…}` */
  #functionAt(from: number): Known {
    const view = this.#view
    let index = from
    while (index < view.tokens.length && view.at(index) !== '(' && view.at(index) !== '=>') index++
    const parameters = view.at(index) === '(' ? between(view, index) : view.at(index - 1)
    return { is: 'function', parameters }
  }

  /** A name: of the text itself, or a global one. */
  name(name: string): Known | null {
    const local = this.locals.get(name)
    if (local !== undefined) return this.#local(local)
    const property = propertyOf(globalThis, name)
    if (property === undefined) return null
    if (property.get !== undefined) {
      // Made when first used, such as `require`.
      const isKnown = returnedBy(name) !== undefined
      return isKnown ? { is: 'method', owner: { is: 'value', value: globalThis }, name } : null
    }
    return { is: 'value', value: property.value }
  }

  #local(local: Local): Known | null {
    if (local.kind === 'function') return { is: 'function', parameters: local.parameters ?? '' }
    const { value, of, part } = local
    let known: Known | null = null
    if (value !== undefined) known = this.expression(...value)
    else if (of !== undefined) known = elementOf(this.expression(...of))
    else if (local.function !== undefined) known = this.#parameter(local.function, local.index ?? 0)
    if (known === null || part === undefined) return known
    return typeof part === 'number' ? this.#part(known, part) : memberOf(known, part)
  }

  #part(known: Known, place: number): Known | null {
    // `const [answered, unanswered] = sr(…)`, `([query, answer]) => …`
    if (isInstance(known, 'ExchangeResult')) return memberOf(known, place === 0 ? 'answered' : 'unanswered')
    if (isInstance(known, 'AnswerPair')) return memberOf(known, place === 0 ? 'query' : 'answer')
    return elementOf(known)
  }

  /** What a function that stands in a call is called with: `pkts.filter(p => …)`, `sniff({prn: p => …})`. */
  #parameter(start: number, index: number): Known | null {
    const view = this.#view
    let begin = start
    if (view.at(begin - 1) === 'function') begin--
    if (view.at(begin - 1) === 'async') begin--
    const before = view.at(begin - 1)
    if (before === '(' && view.at(begin - 3) === '.') {
      const method = view.at(begin - 2)
      if (!elementParameters(method).includes(index)) return null
      return elementOf(this.endingAt(begin - 4))
    }
    if (before === ':' && index === 0 && PACKET_CALLBACKS.has(view.at(begin - 2))) return { is: 'packet', layers: null }
    return null
  }

  #called(known: Known, from: number, to: number): Known | null {
    const definition = known.is === 'value' ? definitionOf(known.value) : undefined
    if (definition !== undefined) return { is: 'packet', layers: [definition] }
    if (known.is === 'value') return this.#globalCalled(known.value, from, to)
    if (known.is !== 'method') return null
    const { owner, name } = known
    if (owner.is === 'value' && owner.value === globalThis) return instance(returnedBy(name) ?? 'Object')
    const packet = asPacket(owner)
    if (packet !== null && name === 'get') return this.#indexed(owner, from, to)
    if (packet !== null && name === 'stack') return this.#stacked([packet, this.expression(from, to)])
    const type = memberType(owner, name)
    if (type !== undefined) return resolve(type, packet ?? owner)
    if (known.value === undefined) return null
    const returned = owner.is === 'value' ? returnedBy(`${holderName(owner.value)}.${name}`) : undefined
    return returned === undefined ? null : instance(returned)
  }

  #globalCalled(value: unknown, from: number, to: number): Known | null {
    if (typeof value !== 'function') return null
    const name = isPreloaded(value)
    if (name === undefined) return null
    if (name === 'dissect') {
      const layer = definitionOf(valueBehind(this.expression(from, this.#entryEnd(from, to))))
      return { is: 'packet', layers: layer === undefined ? null : [layer] }
    }
    if (name === 'stack') {
      const parts: (Known | null)[] = []
      for (let index = from; index < to; index = this.#entryEnd(index, to) + 1)
        parts.push(this.expression(index, this.#entryEnd(index, to)))
      return this.#stacked(parts)
    }
    const argument = (): Known | null => this.expression(from, this.#entryEnd(from, to))
    // An answer is likely to have the layers of the question.
    if (name === 'sr1' || name === 'srp1') {
      const asked = argument()
      return asPacket(asked) ?? { is: 'packet', layers: null }
    }
    if (name === 'bg') return { is: 'instance', className: 'Job', of: argument() }
    const type = returnedBy(name) ?? describedType(metadataOf(name)?.returns)
    return type === undefined ? null : instance(type)
  }

  #indexed(known: Known, from: number, to: number): Known | null {
    const packet = asPacket(known)
    const key = this.#view.at(from)
    const layer =
      to === from + 1
        ? (layerByName(key.replace(/^(['"])(.*)\1$/, '$2'))?.definition ?? definitionOf(valueBehind(this.name(key))))
        : undefined
    if (packet !== null) {
      if (layer === undefined) return null
      const place = packet.layers?.indexOf(layer) ?? -1
      return { is: 'packet', layers: place < 0 ? [layer] : packet.layers!.slice(place) }
    }
    if (layer !== undefined && classesOf(known).includes('PacketList')) return known
    if (this.#view.kind(from) === 'string' && to === from + 1) return memberOf(known, key.slice(1, -1))
    if (known.is === 'value' && this.#view.kind(from) === 'number' && to === from + 1) {
      const element = Array.isArray(known.value) ? propertyOf(known.value, key) : undefined
      if (element !== undefined && element.get === undefined) return { is: 'value', value: element.value }
    }
    return elementOf(known)
  }
}

/** `Array` of `Array.from`, `JSON` of `JSON.parse`. */
function holderName(value: unknown): string {
  if (value === JSON) return 'JSON'
  const name = typeof value === 'function' ? ownProperty(value, 'name')?.value : undefined
  return typeof name === 'string' ? name : ''
}

/** A packet, or a layer that stands for one with its defaults: `IP()/ICMP`. */
function asStacked(known: Known | null): KnownPacket | null {
  const definition = definitionOf(valueBehind(known))
  return definition === undefined ? asPacket(known) : { is: 'packet', layers: [definition] }
}
