import type { DomFile, DomRequest, DomWindow } from './dom.js'

/** A file on its way to the server. */
export interface Sending {
  readonly file: DomFile
  /** Where its parts go; unset: the server was not asked yet. */
  url?: string
  /** The request that runs. */
  request?: DomRequest
  isCancelled: boolean
}

/** What the server calls it, and where it can be had, if it can. */
export interface Sent {
  name: string
  url?: string
}

export interface SendFile {
  /**
   * Brings a file to the server. When the connection breaks, it goes on where it was.
   * @param told called with the bytes so far; with a text, while there is no connection
   * @throws Error that says in words why the file is not there
   */
  send(sending: Sending, told: (done: number, trouble?: string) => void): Promise<Sent>
  /** Lets go of what there is of it. */
  cancel(sending: Sending): void
}

/** The protocol: see resumable.ts. (Sent as text: it uses nothing from outside.) */
export function sendFile(window: DomWindow): SendFile {
  /** Nothing goes over for so long: the connection is taken for broken, ms. */
  const SILENCE = 45_000
  /** Waits between tries, ms; the last ones over and over, as long as bytes go over in between. */
  const WAITS = [300, 1000, 2000, 4000, 8000, 15_000, 30_000, 30_000]
  const BUSY = [429, 502, 503, 504]

  const wait = (delay: number) => new Promise<void>((resolve) => window.setTimeout(resolve, delay))

  /** Gives undefined when there is no answer. */
  const ask = (
    sending: Sending,
    method: string,
    url: string,
    headers: Record<string, string>,
    body?: unknown,
    progress?: (bytes: number) => void,
  ) =>
    new Promise<DomRequest | undefined>((resolve) => {
      const request = new window.XMLHttpRequest()
      sending.request = request
      let timer = 0
      const alive = (): void => {
        window.clearTimeout(timer)
        timer = window.setTimeout(() => request.abort(), SILENCE)
      }
      const end = (answer?: DomRequest): void => {
        window.clearTimeout(timer)
        sending.request = undefined
        resolve(answer)
      }
      request.onload = () => end(request)
      request.onerror = () => end()
      request.onabort = () => end()
      request.upload.onprogress = ({ loaded }) => {
        alive()
        progress?.(loaded)
      }
      request.open(method, url)
      request.setRequestHeader('Accept', 'application/json')
      for (const name of Object.keys(headers)) request.setRequestHeader(name, headers[name]!)
      alive()
      request.send(body)
    })

  const remove = (url: string): void => {
    const request = new window.XMLHttpRequest()
    request.open('DELETE', url)
    request.send()
  }

  const reason = ({ responseText, status }: DomRequest): Error => {
    if (status === 401) return new Error('the password is needed again: load the page anew')
    try {
      const { detail } = JSON.parse(responseText) as { detail?: unknown }
      if (typeof detail === 'string') return new Error(detail)
    } catch {}
    return new Error(`the server answered ${status}`)
  }

  /** One try. Gives undefined when it must be tried again. */
  const attempt = async (sending: Sending, told: (done: number) => void): Promise<Sent | undefined> => {
    const { file } = sending
    let offset = 0
    if (sending.url === undefined) {
      const place = new window.URL(`./${encodeURIComponent(file.name)}`, window.location.href).href
      const begun = await ask(sending, 'PUT', place, { 'Upload-Complete': '?0', 'Upload-Length': String(file.size) })
      if (begun === undefined || BUSY.includes(begun.status)) return undefined
      const url = begun.getResponseHeader('Location')
      if (begun.status !== 201 || url === null) throw reason(begun)
      sending.url = new window.URL(url, window.location.href).href
      // Called off before anybody knew what to remove.
      if (sending.isCancelled) remove(sending.url)
    } else {
      const state = await ask(sending, 'HEAD', sending.url, {})
      if (state === undefined || BUSY.includes(state.status)) return undefined
      if (state.status === 404 || state.status === 410) {
        sending.url = undefined
        return undefined
      }
      if (state.status >= 400) throw reason(state)
      if (state.getResponseHeader('Upload-Complete') === '?1') {
        const url = state.getResponseHeader('Content-Location') ?? undefined
        return { name: url === undefined ? file.name : decodeURIComponent(url.slice(url.lastIndexOf('/') + 1)), url }
      }
      offset = Number(state.getResponseHeader('Upload-Offset'))
    }
    if (sending.isCancelled) return undefined
    told(offset)
    const headers = {
      'Content-Type': 'application/partial-upload',
      'Upload-Offset': String(offset),
      'Upload-Complete': '?1',
    }
    const answer = await ask(sending, 'PATCH', sending.url, headers, file.slice(offset), (bytes) =>
      told(offset + bytes),
    )
    if (answer === undefined || [404, 409, 410].concat(BUSY).includes(answer.status)) return undefined
    if (answer.status !== 201) throw reason(answer)
    return (JSON.parse(answer.responseText) as { files: Sent[] }).files[0]
  }

  return {
    async send(sending, told) {
      let most = -1
      let tries = 0
      for (;;) {
        const sent = await attempt(sending, (done) => {
          // As long as it goes on, it is not given up.
          if (done > most) tries = 0
          if (done > most) most = done
          told(done)
        })
        if (sent !== undefined) return sent
        if (sending.isCancelled) throw new Error('cancelled')
        const delay = WAITS[tries++]
        if (delay === undefined) throw new Error('the server cannot be reached')
        told(Math.max(0, most), 'no connection, trying again')
        await wait(delay)
        if (sending.isCancelled) throw new Error('cancelled')
      }
    },
    cancel(sending) {
      sending.isCancelled = true
      // The request that begins it goes on: its answer tells what to remove.
      if (sending.url === undefined) return
      sending.request?.abort()
      remove(sending.url)
    },
  }
}
