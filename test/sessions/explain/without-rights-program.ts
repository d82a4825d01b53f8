/** A session that asks to be recorded, in a process that may not capture. Run by recorder.test.ts; prints what happened as JSON. */
import { setReporter } from '../../../src/exchange/index.js'
import { explain } from '../../../src/sessions/explain/explain.js'
import { tcp } from '../../../src/sessions/tcp/index.js'

const told: string[] = []
setReporter((text) => told.push(text))
const server = await tcp.listen(0, (connection) => connection.recvLine(), { log: false })
const session = await tcp.connect('127.0.0.1', server.port, { explain: true })
await session.send('hello\n')
const answer = await session.recvAll()
const error = await explain(session).catch((thrown: Error & { code?: string }) => `${thrown.name} ${thrown.code}`)
await session.close()
await server.close()
console.log(JSON.stringify({ told, answer, error: String(error) }))
