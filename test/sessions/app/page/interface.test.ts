import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readInterface } from '../../../../src/sessions/app/page/interface.js'
import { mnemonic, withDescendants, withoutMarkup } from '../../../../src/sessions/app/page/label-text.js'
import type { Widget } from '../../../../src/sessions/app/page/model.js'
import { InterfaceError } from '../../../../src/sessions/app/page/xml-tree.js'

const file = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8')
const all = async (xml: string) => {
  const { widgets } = await readInterface(xml)
  return new Map(widgets.flatMap(withDescendants).map((widget) => [widget.id, widget]))
}
const inWindow = (...objects: string[]) =>
  `<interface><object class="GtkWindow" id="w"><child><object class="GtkBox" id="b">${objects
    .map((object) => `<child>${object}</child>`)
    .join('')}</object></child></object></interface>`
const one = async (object: string): Promise<Widget> => (await all(inWindow(object))).get('x')!

describe('what Glade writes for Gtk 3', () => {
  test('is read with its properties, places and signals', async () => {
    const found = await all(file('hello.glade'))
    expect([...found.keys()]).toEqual(['window', 'box', 'question', 'name', 'buttons', 'hello', 'bye', 'answer'])
    expect(found.get('window')).toMatchObject({
      kind: 'window',
      values: { title: 'Hello', visible: true },
      signals: [{ name: 'delete-event', handler: 'on_window_delete_event' }],
    })
    expect(found.get('box')).toMatchObject({ kind: 'box', look: { vertical: true, spacing: 10, margin: 6 } })
    expect(found.get('buttons')).toMatchObject({ look: { vertical: false, homogeneous: true } })
    expect(found.get('buttons')!.children.map(({ place }) => place.expand)).toEqual([true, true])
    expect(found.get('hello')).toMatchObject({ kind: 'button', values: { text: 'Hello' }, look: { key: 'h' } })
    expect(found.get('name')).toMatchObject({
      kind: 'entry',
      values: { text: '', placeholder: 'first name' },
      labelledBy: 'question',
    })
    expect(found.get('question')).toMatchObject({ values: { text: 'Your name' }, labels: 'name' })
  })

  test('has lists, ranges and buffers beside the window', async () => {
    const found = await all(file('widgets.glade'))
    expect(found.get('table')).toMatchObject({
      kind: 'list',
      look: { columns: ['Name', 'Address'] },
      values: {
        items: [
          ['router', '192.0.2.1'],
          ['printer', '192.0.2.9'],
          ['camera', '192.0.2.30'],
        ],
      },
      signals: [
        { name: 'row-activated', handler: 'on_table_row_activated' },
        { name: 'changed', handler: 'on_table_changed' },
      ],
    })
    expect(found.get('amount')).toMatchObject({
      values: { value: 3 },
      look: { range: { lower: 1, upper: 9, step: 2 } },
    })
    expect(found.get('note')).toMatchObject({
      kind: 'text',
      values: { text: 'Two lines\nof text' },
      signals: [{ name: 'changed', handler: 'on_note_changed' }],
    })
    expect(found.get('protocol')).toMatchObject({ values: { items: [['TCP'], ['UDP'], ['ICMP']], selected: 1 } })
    expect(found.get('fruits')).toMatchObject({ kind: 'list', values: { items: [['Apple'], ['Pear'], ['Plum']] } })
    expect(found.get('choices')).toMatchObject({ kind: 'frame', values: { text: 'Choices & more' } })
    expect([found.get('ipv4')!.look.group, found.get('ipv6')!.look.group]).toEqual(['ipv4', 'ipv4'])
    expect(found.get('pages')!.children.map(({ place }) => place.tab)).toEqual(['Machines', 'Note'])
    expect(found.get('when')).toMatchObject({ kind: 'unknown', class: 'GtkCalendar' })
    expect(found.get('when')!.children).toHaveLength(1)
  })
})

test('Gtk 4: layout, child properties, groups of check buttons, lists of strings', async () => {
  const found = await all(`<interface><requires lib="gtk" version="4.0"/>
    <object class="GtkApplicationWindow" id="w"><property name="title">4</property><property name="child">
      <object class="GtkGrid" id="g">
        <child><object class="GtkLabel" id="l"><property name="label">Name</property>
          <layout><property name="column">0</property><property name="row">2</property></layout></object></child>
        <child><object class="GtkEntry" id="e"><layout>
          <property name="column">1</property><property name="row">2</property>
          <property name="column-span">3</property><property name="row-span">2</property></layout></object></child>
        <child><object class="GtkCheckButton" id="one"/></child>
        <child><object class="GtkCheckButton" id="two"><property name="group">one</property></object></child>
        <child><object class="GtkDropDown" id="d"><property name="model">
          <object class="GtkStringList"><items><item>A</item><item>B</item></items></object></property></object></child>
      </object></property></object></interface>`)
  expect(
    found
      .get('g')!
      .children.slice(0, 2)
      .map(({ place }) => place.cell),
  ).toEqual([
    { left: 0, top: 2, width: 1, height: 1 },
    { left: 1, top: 2, width: 3, height: 2 },
  ])
  expect(found.get('e')!.labelledBy).toBe('l')
  expect([found.get('one')!.kind, found.get('two')!.kind]).toEqual(['radio', 'radio'])
  expect(found.get('one')!.look.group).toBe(found.get('two')!.look.group)
  expect(found.get('d')!.values).toMatchObject({ items: [['A'], ['B']], selected: 0 })
})

test.each<[string, Partial<Widget>]>([
  [
    '<object class="GtkEntry" id="x"><property name="visibility">False</property><property name="max_length">5</property></object>',
    { look: { hidden: true, most: 5 } },
  ],
  ['<object class="GtkEntry" id="x"/>', { kind: 'entry', name: 'x' }],
  [
    '<object class="GtkButton" id="x"><property name="label">a__b_c</property><property name="use-underline">1</property></object>',
    { values: { visible: true, sensitive: true, text: 'a_bc' } },
  ],
  [
    '<object class="GtkButton" id="x"><child><object class="GtkLabel"><property name="label">inside</property></object></child></object>',
    { values: { visible: true, sensitive: true, text: 'inside' }, children: [] },
  ],
  [
    '<object class="GtkComboBoxText" id="x"><property name="active-id">n</property><items><item id="m">M</item><item id="n">N</item></items></object>',
    { values: { visible: true, sensitive: true, items: [['M'], ['N']], selected: 1 } },
  ],
  ['<object class="GtkListBox" id="x"><child><object class="GtkButton"/></child></object>', { kind: 'box' }],
  [
    '<object class="MyOwn" id="x"><child><object class="GtkLabel" id="y"/></child></object>',
    { kind: 'unknown', class: 'MyOwn' },
  ],
  [
    '<object class="GtkLabel" id="x"><property name="visible">no</property></object>',
    { values: { visible: false, sensitive: true, text: '' } },
  ],
])('%s', async (xml, expected) => {
  expect(await one(xml)).toMatchObject(expected)
})

test('windows but the first are hidden until they are shown', async () => {
  const window = (id: string, visible = '') =>
    `<object class="GtkWindow" id="${id}">${visible && `<property name="visible">${visible}</property>`}</object>`
  const found = await all(
    `<interface>${window('a', 'False')}${window('b')}${window('c', 'True')}${window('d', 'False')}</interface>`,
  )
  expect([...found.values()].map(({ values }) => values.visible)).toEqual([true, false, true, false])
})

test.each([
  ['_Hello', { text: 'Hello', key: 'h' }],
  ['Save _As', { text: 'Save As', key: 'a' }],
  ['snake__case', { text: 'snake_case' }],
  ['end_', { text: 'end' }],
])('the mnemonic of %s', (text, expected) => {
  expect(mnemonic(text)).toEqual(expected)
})

test('markup is shown without its tags', () => {
  expect(withoutMarkup('<span size="big">a</span> &amp;amp; <b>b</b> &lt;c&gt;')).toBe('a &amp; b <c>')
})

describe('XML that is refused', () => {
  const bomb = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">${Array.from({ length: 20 }, (_, i) => `<!ENTITY a${i} "&a;&a;">`).join('')}]>`
  test.each([
    ['nothing', '', 'line 1: document must contain a root element.'],
    ['another document', '<html/>', 'line 1: <interface> is expected, not <html>'],
    ['no widget', '<interface/>', 'line 1: there is no widget in it'],
    [
      'an end tag that is missing',
      '<interface>\n<object class="GtkWindow">\n</interface>',
      'line 3: unexpected close tag.',
    ],
    [
      'declared entities',
      `${bomb}<interface>&a19;</interface>`,
      'line 1: entities and the like cannot be declared here',
    ],
    ['an entity of HTML', '<interface>\n&nbsp;</interface>', 'line 2: undefined entity.'],
    [
      'an entity of a file',
      '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><interface>&f;</interface>',
      'line 1: entities',
    ],
    ['elements in each other', '<interface>'.repeat(101), 'line 1: more than 100 elements in each other'],
    ['too many elements', `<interface>${'<a/>'.repeat(20_001)}</interface>`, 'line 1: more than 20000 elements'],
    [
      'too many widgets',
      inWindow('<object class="GtkLabel"/>'.repeat(1), ...Array<string>(2000).fill('<object class="GtkLabel"/>')),
      'line 1: more than 2000 widgets',
    ],
    ['too many bytes', `<interface>${'é'.repeat(1 << 19)}</interface>`, 'line 1: an interface may have 1048576 bytes'],
    ['a widget without a class', '<interface>\n<object id="x"/></interface>', 'line 2: <object> has no class'],
    [
      'a signal without a handler',
      inWindow('<object class="GtkButton">\n<signal name="clicked"/></object>'),
      'line 2: <signal> has no handler',
    ],
    ['an id twice', inWindow('<object class="GtkLabel" id="b"/>'), `line 1: the id 'b' is taken already, on line 1`],
    [
      'no number',
      inWindow('\n<object class="GtkBox"><property name="spacing">wide</property></object>'),
      'line 2: GtkBox.spacing is no number',
    ],
    [
      'a long id',
      inWindow(`<object class="GtkLabel" id="${'x'.repeat(201)}"/>`),
      'line 1: the id of <object> has more than 200',
    ],
    [
      'too many signals',
      inWindow(`<object class="GtkButton">${'<signal name="a" handler="b"/>'.repeat(21)}</object>`),
      'line 1: GtkButton has more than 20 signals',
    ],
    [
      'one long text in many widgets',
      `<interface><object class="GtkTextBuffer" id="t"><property name="text">${'x'.repeat(50_000)}</property></object>${inWindow(...Array<string>(100).fill('<object class="GtkTextView"><property name="buffer">t</property></object>')).replace('<interface>', '')}`,
      'line 1: more than 2097152 characters in all lists and texts',
    ],
    ['two documents', '<interface></interface><interface/>', 'line 1: '],
  ])('%s', async (_, xml, message) => {
    const error = await readInterface(xml).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(InterfaceError)
    expect((error as Error).message).toContain(message)
  })

  test('a file cut off anywhere gives an interface or says the line, nothing else', async () => {
    const xml = file('hello.glade')
    for (let length = 0; length < xml.length; length += 97) {
      const error = await readInterface(xml.slice(0, length)).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(InterfaceError)
    }
  })
})
