import type { DomElement, DomFile, DomWindow } from './dom.js'
import type { SendFile, Sending } from './send-file.js'

/** What the form does where there is JavaScript: files that are chosen or dropped are sent one by one, and shown while they go. (Sent as text.) */
export function runForm(window: DomWindow, { send, cancel }: SendFile): void {
  const { document } = window
  const section = document.querySelector('.upload')
  const form = section?.querySelector('form')
  const input = section?.querySelector('input')
  const list = section?.querySelector('.sending')
  const status = section?.querySelector('[role=status]')
  const reload = section?.querySelector('.reload')
  if (!section || !form || !input || !list || !status || !reload) return
  const limit = Number(form.dataset.limit)
  /** Requests at the same time. */
  const AT_ONCE = 3
  const queue: (() => Promise<void>)[] = []
  const counts = { all: 0, done: 0, failed: 0, running: 0 }

  const make = (name: string, className: string, text = ''): DomElement => {
    const element = document.createElement(name)
    element.className = className
    element.textContent = text
    return element
  }
  const tell = (text: string): void => {
    status.textContent = text
  }
  const sum = (): string => {
    const failed = counts.failed === 0 ? '' : `, ${counts.failed} failed`
    return `${counts.done} of ${counts.all} file${counts.all === 1 ? '' : 's'} uploaded${failed}.`
  }
  const work = (): void => {
    while (counts.running < AT_ONCE && queue.length > 0) {
      counts.running++
      void queue.shift()!().finally(() => {
        counts.running--
        work()
      })
    }
  }

  const add = (file: DomFile): void => {
    const row = make('li', '')
    const name = make('span', 'name', file.name)
    const state = make('span', 'state', 'waiting')
    const bar = make('progress', '')
    const button = make('button', '')
    bar.setAttribute('aria-label', `Upload of ${file.name}`)
    bar.max = 100
    bar.value = 0
    button.type = 'button'
    row.append(name, state, bar, button)
    list.append(row)
    counts.all++
    const sending: Sending = { file, isCancelled: false }
    let isWaiting = false

    const label = (text: string): void => {
      button.textContent = text
      button.setAttribute('aria-label', `${text}: ${file.name}`)
    }
    const start = (): void => {
      label('Cancel')
      state.textContent = 'waiting'
      isWaiting = true
      queue.push(run)
      work()
    }
    const fail = (why: string): void => {
      counts.failed++
      state.textContent = why
      row.classList.toggle('failed', true)
      label('Try again')
      tell(`${file.name}: ${why}. ${sum()}`)
    }
    const run = async (): Promise<void> => {
      isWaiting = false
      if (sending.isCancelled) return
      try {
        const { name: given, url } = await send(sending, (done, trouble) => {
          const percent = file.size === 0 ? 100 : Math.floor((100 * done) / file.size)
          bar.value = percent
          state.textContent = trouble ?? `${percent} %`
        })
        const link = make(url === undefined ? 'span' : 'a', '', given)
        if (url !== undefined) link.href = url
        name.replaceChildren(link)
        // Who stands on the button that goes is not to be lost.
        if (document.activeElement === button) link.focus()
        state.textContent = given === file.name ? 'uploaded' : `uploaded; there was a file ${file.name} already`
        bar.remove()
        button.remove()
        counts.done++
        reload.hidden = false
        tell(sum())
      } catch (error) {
        if (!sending.isCancelled) fail((error as Error).message)
      }
    }
    button.addEventListener('click', () => {
      if (row.className === 'failed') {
        counts.failed--
        row.classList.toggle('failed', false)
        start()
        return
      }
      cancel(sending)
      if (isWaiting) queue.splice(queue.indexOf(run), 1)
      counts.all--
      row.remove()
      tell(`${file.name}: cancelled. ${sum()}`)
      input.focus()
    })
    if (file.size > limit) {
      fail('it is bigger than what is taken here')
      button.remove()
    } else start()
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const files = Array.from(input.files ?? [])
    input.value = ''
    for (const file of files) add(file)
  })

  const hasFiles = (types: readonly string[] | undefined): boolean => types?.includes('Files') === true
  window.addEventListener('dragover', (event) => {
    if (!hasFiles(event.dataTransfer?.types)) return
    event.preventDefault()
    event.dataTransfer!.dropEffect = 'copy'
    section.classList.toggle('over', true)
  })
  window.addEventListener('dragleave', ({ relatedTarget }) => {
    if (relatedTarget === null) section.classList.toggle('over', false)
  })
  window.addEventListener('drop', (event) => {
    section.classList.toggle('over', false)
    if (!hasFiles(event.dataTransfer?.types)) return
    // Without this the browser would show the file instead of the page.
    event.preventDefault()
    for (const item of Array.from(event.dataTransfer!.items)) {
      if (item.kind !== 'file') continue
      const entry = item.webkitGetAsEntry?.()
      const file = item.getAsFile()
      if (entry?.isDirectory) tell(`${entry.name} is a folder: drop the files that are in it.`)
      else if (file !== null) add(file)
    }
  })
  window.addEventListener('beforeunload', (event) => {
    if (counts.running > 0) event.preventDefault()
  })
  const hint = section.querySelector('.drop')
  if (hint) hint.hidden = false
}
