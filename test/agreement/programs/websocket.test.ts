import { TCP } from '../../../src/layers/transport/tcp.js'
import { WebSocket } from '../../../src/layers/web/index.js'
import { bind } from '../../../src/packet/index.js'
import { type Talk, talksAgree } from './talk.js'

const PORT = 80
// As a user says it: no port tells that its connections become WebSockets.
bind(TCP, WebSocket, { sport: PORT })
bind(TCP, WebSocket, { dport: PORT })

/** Sends everything back; ends the connection when it is told to. */
const SERVER = `
import asyncio, sys, websockets
async def talk(socket):
    async for message in socket:
        if message == 'enough':
            await socket.close(1001, 'going home')
        else:
            await socket.send(message)
async def main():
    async with websockets.serve(talk, sys.argv[1], ${PORT}):
        print('ready', flush=True)
        await asyncio.Future()
asyncio.run(main())
`

const CLIENT = `
import asyncio, sys, websockets
async def main(compression, last):
    async with websockets.connect('ws://' + sys.argv[1] + '/room?name=one', compression=compression) as socket:
        for message in ['a text', 'ein längerer Text', bytes(range(200)), 'x' * 300, ['in ', 'three ', 'parts'], [b'ab', b'cd'], '']:
            await socket.send(message)
            await socket.recv()
        await (await socket.ping(b'are you there'))
        await (await socket.ping())
        await last(socket)
async def told(socket):
    await socket.send('enough')
    await socket.wait_closed()
asyncio.run(main(None, told))
asyncio.run(main(None, lambda socket: socket.close(4000, 'a reason of our own')))
asyncio.run(main('deflate', lambda socket: socket.close(1000)))
`

const messages: Talk = {
  name: "Python's websockets, server and client: texts, bytes, parts, pings, compressed messages, codes of closing",
  rows: ['http', 'websocket'],
  shows: [
    'http.request.method',
    'http.response.code',
    'websocket.fin',
    'websocket.opcode',
    'websocket.mask',
    'websocket.masking_key',
    'websocket.payload_length_ext_16',
    'websocket.payload.close.status_code',
    'websocket.payload.close.reason',
    'websocket.payload.ping',
    'websocket.payload.pong',
  ],
  except: { http: 'tshark names the protocol that a connection began with in all of its packets' },
  async talk(lab) {
    const server = lab.spawn('there', ['/usr/bin/python3', '-c', SERVER, lab.there.ipv4])
    await server.waitFor(/ready/)
    const client = await lab.exec('here', ['/usr/bin/python3', '-c', CLIENT, lab.there.ipv4])
    if (client.status !== 0) throw new Error(client.stderr)
    await server.stop()
  },
}

talksAgree('programs of WebSockets', [messages])
