/** `http.curl`: a curl command, carried out by this client. */
import { Task } from '../../../exchange/index.js'
import { printable } from '../../../exchange/printable.js'
import { report } from '../../../exchange/report.js'
import type { HttpClient } from '../client.js'
import type { HttpResponse } from '../response.js'
import { fromCurl } from './from-curl.js'

/**
 * Sends what a curl command asks for. With -o or -O the answer is written to a file, with --fail a status of 400 and more is an error.
 * @throws OptionError for a command that cannot be read
 */
export function runCurl(client: Pick<HttpClient, 'send'>, command: string): Task<HttpResponse> {
  const { method, url, options, output, isFailing } = fromCurl(command, 'http.curl')
  return Task.run(
    async (control) => {
      const response = await client.send(method, url, options, control)
      if (isFailing && response.status >= 400) response.expectOk()
      if (output !== undefined)
        report(`http.curl: written to ${printable(await response.save(output === true ? undefined : output))}`)
      return response
    },
    { name: 'http.curl' },
  )
}
