/**
 * The tests that every kind of session passes, as layerSuite has them for layers: `sessionSuite('tcp', { open, send, receive, … })`. A kind says how one of
 * its sessions is opened, with a real peer in another process; what does not apply to it is left out.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Interrupted, OptionError } from '../../src/exchange/index.js'
import { tellFailuresWith } from '../../src/sessions/face/failures.js'
import { type Session, SessionError, STOP, sessions } from '../../src/sessions/index.js'
import { eventually } from './peer.js'

/** A session that is open, and the one that it talks to. */
export interface Opened<S> {
  session: S
  /** Sends this text to the session, as one message. */
  peerSends(text: string): void
  /** Waits until the peer got this text. */
  peerGets(text: string): Promise<void>
  /** Ends the peer without a word (kill -9). Without: it can not vanish, or nobody would notice. */
  peerVanishes?(): Promise<unknown>
  /** Breaks the connection off, where there is one: RST. */
  peerResets?(): void
  /** Ends what was started for this test, after the session was closed. */
  done?(): Promise<unknown> | unknown
}

/** A way in which opening fails. */
export interface OpenFailure {
  /** The name of the test: `'a port where nothing listens'`. */
  name: string
  open(): PromiseLike<unknown>
  code: string
  says: RegExp
}

// biome-ignore lint/suspicious/noExplicitAny: of whatever events
export interface SessionSuite<S extends Session<any>> {
  /** Opens one, with its peer. */
  open(): Promise<Opened<S>>
  /** Sends a text as one message. */
  send(session: S, text: string): PromiseLike<unknown>
  /** Waits for the next message. */
  receive(session: S): PromiseLike<unknown> & { interrupt(): void }
  /** The text of a message, as handlers of 'message' get it, or as `receive` gives it. Default: the message itself. */
  textOf?(message: never): unknown
  /** Whether `open()` opens it again after it was closed. Default true. */
  reopens?: boolean
  /** Whether `sessions()` lists it. Default true. */
  isListed?: boolean
  /** A session that is new and whose `open()` waits for ever: the other end never answers. */
  hanging?(): Promise<{ session: S; done?(): Promise<unknown> | unknown }>
  /** A session that is new and whose `open()` fails. */
  failing?(): S
  /** A session that tries to come back: 'reconnecting' when the promise settles. */
  reconnecting?(): Promise<{ session: S; done?(): Promise<unknown> | unknown }>
  failures?: readonly OpenFailure[]
}

/** What stays open in this process: sockets, pipes of peers and timers come and go, so it is counted by kind. */
function handles(): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of process.getActiveResourcesInfo())
    if (/TCP|TLS|UDP|Pipe(?!Wrap)|ConnectWrap|GetAddrInfo/.test(name)) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export function sessionSuite<S extends Session<any>>(name: string, kind: SessionSuite<S>): void {
  const { textOf = (message: never): unknown => message, reopens = true, isListed = true } = kind
  const told: string[] = []
  const unhandled: unknown[] = []
  const noteUnhandled = (reason: unknown): void => void unhandled.push(reason)

  /** Runs a test with an open session, and closes all. */
  async function withOne(work: (opened: Opened<S>) => Promise<void>): Promise<void> {
    const opened = await kind.open()
    try {
      await work(opened)
    } finally {
      await opened.session.close()
      await opened.done?.()
    }
  }
  const textReceived = async (session: S): Promise<unknown> => textOf((await kind.receive(session)) as never)

  describe(name, () => {
    let before: Record<string, number>
    beforeAll(async () => {
      process.on('unhandledRejection', noteUnhandled)
      tellFailuresWith((where, error) => told.push(`${where}: ${(error as Error).message}`))
      // Once, so that what the first one keeps for all is there already.
      await withOne(async () => {})
      before = handles()
    })
    afterAll(() => process.off('unhandledRejection', noteUnhandled))

    test('is open, goes both ways, and is closed', async () => {
      await withOne(async ({ session, peerSends, peerGets }) => {
        expect(session.state).toBe('open')
        expect(session.opened).toBeInstanceOf(Date)
        await kind.send(session, 'Bonjour, à tous')
        // Peers tell bytes as Latin-1.
        await peerGets(Buffer.from('Bonjour, à tous').toString('latin1'))
        peerSends('ça va ?')
        expect(await textReceived(session)).toBe('ça va ?')
        await session.close()
        expect(session.state).toBe('closed')
        expect(session.isOpen).toBe(false)
        expect(session.error).toBeUndefined()
      })
    })

    test('is closed once, however often it is said, and tells so', async () => {
      await withOne(async ({ session }) => {
        const seen: unknown[] = []
        session.on('close', (error: unknown) => seen.push(error))
        await Promise.all([session.close(), session.close()])
        await session.close()
        expect(seen).toEqual([undefined])
        expect(session.state).toBe('closed')
      })
    })

    test('is listed while it is open', async () => {
      await withOne(async ({ session }) => {
        expect(sessions().includes(session)).toBe(isListed)
        if (isListed) expect(String(sessions())).toContain(`[${session.number}] ${session}`)
        await session.close()
        expect(sessions()).not.toContain(session)
      })
    })

    test('is one line of text, and JSON', async () => {
      await withOne(async ({ session, peerSends }) => {
        peerSends('\u001b[31mred\nsecond\u0000')
        await kind.receive(session)
        for (const text of [String(session), `${session.label}`]) {
          expect(text).toMatch(/^[^\p{Cc}]+$/u)
          expect(text).toContain(session.subject)
        }
        expect(JSON.parse(JSON.stringify(session))).toMatchObject({
          number: session.number,
          kind: session.kind,
          state: 'open',
        })
        expect(String(session.history)).toMatch(/^[^\p{Cc}]*$/mu)
        expect(String(session.history)).not.toContain('\u001b')
      })
    })

    test('send and receive on a closed one say so', async () => {
      await withOne(async ({ session }) => {
        await session.close()
        await expect(Promise.resolve(kind.send(session, 'x'))).rejects.toThrow(SessionError)
        await expect(Promise.resolve(kind.send(session, 'x'))).rejects.toThrow(/closed/)
      })
    })

    test('wait() ends with the session, and Ctrl-C ends the waiting alone', async () => {
      await withOne(async ({ session }) => {
        const [first, second] = [session.wait(), session.wait()]
        first.interrupt()
        await expect(first).rejects.toBeInstanceOf(Interrupted)
        expect(session.state).toBe('open')
        await session.close()
        await second
        await session.wait()
      })
    })

    test('nothing that arrives is lost when Ctrl-C ends the waiting', async () => {
      await withOne(async ({ session, peerSends }) => {
        for (let i = 0; i < 3; i++) {
          const waiting = kind.receive(session)
          waiting.interrupt()
          await expect(Promise.resolve(waiting)).rejects.toBeInstanceOf(Interrupted)
          peerSends(`message ${i}`)
          expect(await textReceived(session)).toBe(`message ${i}`)
        }
      })
    })

    test('who waits when it is closed is told', async () => {
      await withOne(async ({ session }) => {
        const waiting = Promise.resolve(kind.receive(session)).then(
          (value) => ({ value }),
          (error: unknown) => ({ error }),
        )
        await session.close()
        const ended = await waiting
        if ('error' in ended) expect(ended.error).toMatchObject({ name: 'SessionError', code: 'CLOSED' })
        else expect(ended.value).toBeNull()
      })
    })

    if (reopens)
      test('can be opened again after it was closed', async () => {
        await withOne(async ({ session, peerSends, peerGets }) => {
          await session.close()
          await session.open()
          expect(session.state).toBe('open')
          if (isListed) expect(sessions()).toContain(session)
          await kind.send(session, 'again')
          await peerGets('again')
          peerSends('still here')
          expect(await textReceived(session)).toBe('still here')
          expect(await session.open()).toBe(session)
        })
      })

    describe('handlers', () => {
      /** Sends one after the other until all have been heard. */
      async function heard(seen: unknown[], count: number): Promise<void> {
        await eventually(
          () => seen.length >= count,
          () => `${count} were heard, but ${JSON.stringify(seen)}`,
        )
      }

      test('hear messages in their order, also when they take their time', async () => {
        await withOne(async ({ session, peerSends }) => {
          const seen: unknown[] = []
          session.on('message', async (message: never) => {
            await new Promise((resolve) => setTimeout(resolve, 3))
            seen.push(textOf(message))
          })
          for (const text of ['one', 'two', 'three']) {
            peerSends(text)
            await heard(seen, seen.length + 1)
          }
          expect(seen).toEqual(['one', 'two', 'three'])
        })
      })

      test('that give something answer with it', async () => {
        await withOne(async ({ session, peerSends, peerGets }) => {
          session.on('message', (message: never) => `plain ${String(textOf(message))}`)
          session.on('message', async (message: never) => `later ${String(textOf(message))}`)
          peerSends('World')
          await peerGets('plain World')
          await peerGets('later World')
        })
      })

      test('that throw are told once, and end nothing', async () => {
        await withOne(async ({ session, peerSends }) => {
          const seen: unknown[] = []
          const id = `${name} ${Math.random()}`
          session.on('message', () => {
            throw new Error(`plain ${id}`)
          })
          session.on('message', async () => {
            throw new Error(`later ${id}`)
          })
          session.on('message', (message: never) => void seen.push(textOf(message)))
          for (const text of ['one', 'two', 'three']) {
            peerSends(text)
            await heard(seen, seen.length + 1)
          }
          expect(seen).toEqual(['one', 'two', 'three'])
          expect(session.state).toBe('open')
          expect(told.filter((line) => line.includes(id))).toEqual([
            `${session.label}, event 'message': plain ${id}`,
            `${session.label}, event 'message': later ${id}`,
          ])
        })
      })

      test('come in the order of their priority, until one says STOP', async () => {
        await withOne(async ({ session, peerSends }) => {
          const seen: unknown[] = []
          session.on('message', () => void seen.push('normal'))
          session.on('message', () => void seen.push('normal, added later'))
          session.on('message', () => void seen.push('first'), { priority: -1 })
          session.on(
            'message',
            async () => {
              seen.push('stops')
              return STOP
            },
            { priority: 5 },
          )
          session.on('message', () => void seen.push('never'), { priority: 6 })
          peerSends('x')
          await heard(seen, 4)
          peerSends('y')
          await heard(seen, 8)
          const round = ['first', 'normal', 'normal, added later', 'stops']
          expect(seen).toEqual([...round, ...round])
        })
      })

      test('are called once, and no more after off()', async () => {
        await withOne(async ({ session, peerSends }) => {
          const seen: unknown[] = []
          const gone = (): void => void seen.push('gone')
          session.on('message', () => void seen.push('once'), { once: true })
          session.on('message', gone)
          session.on('message', (message: never) => void seen.push(textOf(message)))
          session.off('message', gone)
          peerSends('one')
          await heard(seen, 2)
          peerSends('two')
          await heard(seen, 3)
          expect(seen).toEqual(['once', 'one', 'two'])
          session.off('message')
          peerSends('three')
          expect(await textReceived(session)).toBe('three')
        })
      })

      test('take what came before them, and receiving then says why it does not work', async () => {
        await withOne(async ({ session, peerSends }) => {
          peerSends('early')
          await eventually(() => session.history.length > 0 || /in/.test(String(session)), 'it arrived')
          const seen: unknown[] = []
          session.on('message', (message: never) => void seen.push(textOf(message)))
          await heard(seen, 1)
          expect(seen).toEqual(['early'])
          await expect(Promise.resolve(kind.receive(session))).rejects.toThrow(/off\('message'\)/)
        })
      })

      test('that wait for something are ended by close()', async () => {
        await withOne(async ({ session, peerSends }) => {
          const seen: unknown[] = []
          session.on('message', async () => {
            seen.push('begun')
            await session.wait()
            seen.push('over')
          })
          peerSends('x')
          await heard(seen, 1)
          const begun = performance.now()
          await session.close()
          expect(performance.now() - begun).toBeLessThan(5000)
          expect(session.state).toBe('closed')
        })
      })
    })

    test('events() gives them one after the other, and ends with break or with the session', async () => {
      await withOne(async ({ session, peerSends }) => {
        const messages = session.events('message')
        peerSends('one')
        for await (const { event, value, time } of messages) {
          expect([event, textOf(value as never)]).toEqual(['message', 'one'])
          expect(time).toBeInstanceOf(Date)
          break
        }
        expect(await messages.next()).toEqual({ done: true, value: undefined })
        // After the break nobody hears of messages any more: they can be received again.
        peerSends('two')
        expect(await textReceived(session)).toBe('two')
        const all = session.events()
        const seen: string[] = []
        const reading = (async () => {
          for await (const { event } of all) seen.push(event)
        })()
        await session.close()
        await reading
        // A peer may say its own end before.
        expect(seen.filter((event) => event !== 'end')).toEqual(['close'])
      })
    })

    test('unknown events and handlers that are none are refused, with the nearest name', async () => {
      await withOne(async ({ session }) => {
        expect(() => session.on('mesage' as never, () => {})).toThrow(OptionError)
        expect(() => session.on('mesage' as never, () => {})).toThrow(/no event 'mesage'.*'message'/)
        expect(() => session.off('clos' as never)).toThrow(/'close'/)
        expect(() => session.events('opne' as never)).toThrow(/'open'/)
        expect(() => session.on('message', 5 as never)).toThrow(/function/)
      })
    })

    test('history has what was exchanged, and does not grow without end', async () => {
      await withOne(async ({ session, peerSends, peerGets }) => {
        await kind.send(session, 'out')
        await peerGets('out')
        peerSends('in')
        await kind.receive(session)
        const seen = session.history.toArray().map(({ direction, data }) => `${direction} ${String(data).trim()}`)
        // A connection of a server has its messages in the history of the server.
        if (seen.length > 0) expect(seen).toEqual(['out out', 'in in'])
        for (let i = 0; i < 2500; i++) session.history._add('in', 'x'.repeat(5000), 5000)
        expect(session.history.length).toBeLessThanOrEqual(1000)
        expect(String(session.history).length).toBeLessThan(200 * 1000)
      })
    })

    test('a peer that vanishes is noticed', async () => {
      const opened = await kind.open()
      const { session, peerVanishes, done } = opened
      try {
        if (peerVanishes === undefined) return
        const waiting = Promise.resolve(kind.receive(session)).then(
          (value) => value,
          (error: unknown) => error,
        )
        await peerVanishes()
        const ended = await waiting
        if (ended !== null) expect(ended).toBeInstanceOf(SessionError)
        await eventually(
          () => /closed|failed|sends no more/.test(String(session)),
          () => `it is over: ${session}`,
        )
      } finally {
        await session.close()
        await done?.()
      }
    })

    test('a connection that is broken off has an error that says so', async () => {
      await withOne(async ({ session, peerResets, peerSends }) => {
        if (peerResets === undefined) return
        const closes: unknown[] = []
        session.on('close', (error: unknown) => closes.push(error))
        peerSends('x')
        await kind.receive(session)
        peerResets()
        await session.wait()
        expect(session.state).toBe('failed')
        expect(session.error).toMatchObject({ name: 'SessionError', code: 'ECONNRESET' })
        expect(session.error!.message).toMatch(/broke/)
        expect(closes).toEqual([session.error])
        expect(String(session)).toContain('failed')
        await session.close()
        expect(session.state).toBe('failed')
      })
    })

    const { hanging, failing, reconnecting, failures = [] } = kind
    describe('close in each state', () => {
      if (failing !== undefined) {
        test('new', async () => {
          const session = failing()
          expect(session.state).toBe('new')
          await session.close()
          await session.wait()
          expect(sessions()).not.toContain(session)
        })
        test('failed', async () => {
          const session = failing()
          await expect(Promise.resolve(session.open())).rejects.toBeInstanceOf(SessionError)
          expect(session.state).toBe('failed')
          expect(session.error).toBeInstanceOf(SessionError)
          await session.close()
          expect(session.state).toBe('failed')
          expect(sessions()).not.toContain(session)
          // And once more: it is told again.
          await expect(Promise.resolve(session.open())).rejects.toBeInstanceOf(SessionError)
        })
      }
      if (hanging !== undefined) {
        test('opening', async () => {
          const { session, done } = await hanging()
          const opening = session.open()
          const failed = Promise.resolve(opening).then(
            () => 'opened',
            (error: unknown) => error,
          )
          expect(session.state).toBe('opening')
          await session.close()
          expect(session.state).toBe('closed')
          expect(await failed).toMatchObject({ name: 'SessionError', code: 'CLOSED' })
          expect(session.state).toBe('closed')
          await done?.()
        })
        test('opening, when Ctrl-C has ended it', async () => {
          const { session, done } = await hanging()
          const opening = session.open()
          await expect(Promise.resolve(session.open())).rejects.toMatchObject({ code: 'BUSY' })
          opening.interrupt()
          await expect(Promise.resolve(opening)).rejects.toBeInstanceOf(Interrupted)
          await eventually(() => session.state === 'failed' || session.state === 'closed', 'it is over')
          await session.close()
          expect(sessions()).not.toContain(session)
          await done?.()
        })
      }
      test('closing: open() is refused, and works after it', async () => {
        await withOne(async ({ session }) => {
          const closing = session.close()
          expect(session.state).toBe('closing')
          await expect(Promise.resolve(session.open())).rejects.toMatchObject({ code: 'BUSY' })
          await closing
        })
      })
      if (reconnecting !== undefined) {
        test('reconnecting', async () => {
          const { session, done } = await reconnecting()
          expect(session.state).toBe('reconnecting')
          expect(sessions()).toContain(session)
          await expect(Promise.resolve(kind.send(session, 'x'))).rejects.toThrow(/connected again/)
          await session.close()
          expect(session.state).toBe('closed')
          expect(sessions()).not.toContain(session)
          await done?.()
        })
        test('reconnecting: open() does not open a second one', async () => {
          const { session, done } = await reconnecting()
          await expect(Promise.resolve(session.open())).rejects.toMatchObject({ code: 'BUSY' })
          expect(session.state).toBe('reconnecting')
          await session.close()
          await done?.()
        })
      }
    })

    for (const { name: what, open, code, says } of failures)
      test(`opening fails with words: ${what}`, async () => {
        const error = await Promise.resolve(open()).then(
          (session) => {
            void (session as S).close()
            throw new Error('it was opened')
          },
          (reason: unknown) => reason as SessionError,
        )
        expect(error.message).toMatch(says)
        expect(error).toMatchObject({ name: 'SessionError', code })
      })

    test('leaves no handle open, and no rejection that nobody hears', async () => {
      await eventually(
        () => Object.entries(handles()).every(([kindOf, count]) => count <= (before[kindOf] ?? 0)),
        () => `only ${JSON.stringify(before)} are open, not ${JSON.stringify(handles())}`,
      )
      expect(unhandled).toEqual([])
    })
  })
}
