/** GraphQL: Linear's as emulate has it, with a real engine of GraphQL in it; and answers that are none. */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createEmulator, type Emulator } from 'emulate'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OptionError } from '../../../src/exchange/index.js'
import { SessionError } from '../../../src/sessions/face/session-error.js'
import { HttpClient } from '../../../src/sessions/http/client.js'
import { type GraphqlError, graphql } from '../../../src/sessions/http/graphql.js'
import { closedPort } from '../tcp/kinds.js'

const client = new HttpClient()
let linear: Emulator
let url: string
beforeAll(async () => {
  linear = await createEmulator({ service: 'linear', port: await closedPort() })
  url = `${linear.url}/graphql`
}, 60_000)
afterAll(async () => {
  await client.close()
  await linear?.close()
})

const auth = { headers: { Authorization: 'Bearer lin_test_admin' } }

describe('graphql', () => {
  test('gives the data of a query', async () => {
    const data = await graphql(client, url, '{ viewer { id name } }', undefined, auth)
    expect(data).toEqual({ viewer: { id: expect.any(String), name: expect.any(String) } })
  })

  test('sends variables, and says which operation is meant', async () => {
    const teams = await graphql(client, url, '{ teams { nodes { id } } }', undefined, auth)
    const [{ id }] = teams.teams.nodes
    const text = `
      query Other { viewer { id } }
      mutation Make($team: String!, $title: String!) {
        issueCreate(input: { teamId: $team, title: $title }) { success issue { title } }
      }`
    const made = await graphql(client, url, text, { team: id, title: 'Grüße ☃' }, { ...auth, operation: 'Make' })
    expect(made.issueCreate).toEqual({ success: true, issue: { title: 'Grüße ☃' } })
  })

  test('tells what the engine complains of, with its place', async () => {
    const error = await graphql(client, url, '{\n  viewer { nam }\n}', undefined, auth).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error).toMatchObject({
      name: 'GraphqlError',
      code: 'GRAPHQL',
      errors: [{ locations: [{ line: 2, column: 12 }] }],
    })
    expect((error as Error).message).toMatch(/Cannot query field "nam" on type "User".*line 2, column 12/)
  })

  test('tells a text that is no query', async () => {
    await expect(Promise.resolve(graphql(client, url, '{ viewer {', undefined, auth))).rejects.toThrow(
      /Syntax Error.*line 1/,
    )
    expect(() => graphql(client, url, '')).toThrow(OptionError)
    expect(() => graphql(client, url, '{ a }', [] as never)).toThrow(/variables must be an object/)
  })
})

describe('answers that are none of GraphQL', () => {
  async function answered(status: number, type: string, body: string): Promise<unknown> {
    const server = createServer((request, answer) => {
      request.resume()
      answer.writeHead(status, { 'Content-Type': type }).end(body)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const place = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
      return await graphql(client, place, '{ a }', undefined, { retries: 0 }).then(
        (value: unknown) => ({ value }),
        (reason: unknown) => reason,
      )
    } finally {
      server.closeAllConnections()
      server.close()
    }
  }
  const OWN = 'application/graphql-response+json'

  test.each([
    [404, 'text/html', '<p>none', /404 Not Found/],
    [200, 'text/html', '<p>none', /no JSON/],
    [200, 'application/json', '{"a": 1}', /neither data nor errors/],
    [200, 'application/json', '[]', /neither data nor errors/],
    [200, 'application/json', 'null', /neither data nor errors/],
    [401, 'application/json', '{"message": "log in"}', /401 Unauthorized.*log in/],
    [
      400,
      OWN,
      '{"errors": [{"message": "bad \\u001b[31mfield", "path": ["a", 0]}]}',
      /bad \\x1b\[31mfield \(at a\.0\)$/,
    ],
    [200, OWN, '{"errors": ["plain", 5]}', /"plain"; 5/],
  ])('%i %s %s', async (status, type, body, says) => {
    const error = (await answered(status, type, body)) as GraphqlError
    expect(error).toBeInstanceOf(SessionError)
    expect(error.message).toMatch(says)
    expect(error.name).toBe(error.errors === undefined ? 'SessionError' : 'GraphqlError')
  })

  test('data that came with errors is kept with them', async () => {
    const body = '{"data": {"a": 1, "b": null}, "errors": [{"message": "no b", "path": ["b"]}]}'
    expect(await answered(200, OWN, body)).toMatchObject({ code: 'GRAPHQL', data: { a: 1, b: null } })
  })

  test('null may be the data', async () => {
    expect(await answered(200, OWN, '{"data": null}')).toEqual({ value: null })
  })
})
