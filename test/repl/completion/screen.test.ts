/** Tab and hints as they look in a terminal. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bundledProgram } from '../screen/program.js'
import { hasScreen, Screen } from '../screen/screen.js'

let program: Awaited<ReturnType<typeof bundledProgram>>
beforeAll(async () => {
  program = await bundledProgram()
})
afterAll(() => program.remove())

it.skipIf(!hasScreen)('Tab completes names, options, fields and values, with what they are', async () => {
  const screen = new Screen([process.execPath, program.file])
  try {
    await screen.prompt()
    screen.type('snif')
    screen.press('Tab')
    await screen.shows(/sniff$/m)
    screen.type('({coun')
    screen.press('Tab')
    await screen.shows(/sniff\(\{count:$/m)
    await screen.shows(/count: ends after this many packets/)
    screen.press('C-c')
    screen.enter("packet = IP({src: '10.0.0.1', dst: '10.0.0.2'})/TCP()")
    await screen.shows(/10\.0\.0\.1.* > /)
    screen.type('packet[TCP].fl')
    screen.press('Tab')
    // What arrives at once, with a Tab in the middle, is taken for pasted text.
    await screen.shows(/packet\[TCP\]\.flags$/m)
    screen.type(" = '")
    screen.press('Tab')
    await screen.shows(/packet\[TCP\]\.flags = '$/m)
    await screen.shows(/^ SA +\S+ +SYN ACK: accepts it$/m)
    screen.press('Tab', 'Tab')
    await screen.shows("packet[TCP].flags = 'SA'")
    screen.press('Enter', 'Enter')
    await screen.prompt()
    screen.enter('packet.flags + packet[TCP].flags')
    await screen.shows(/'SA'/)
    // A class of the library, by its name in the bundle.
    screen.type('new PacketList([packet]).conv')
    screen.press('Tab')
    await screen.shows(/\.conversations$/m)
    expect(screen.text()).not.toContain('addRow')
  } finally {
    screen.close()
  }
})
