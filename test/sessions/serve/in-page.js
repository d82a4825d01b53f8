// What tests ask of a page, from within it: the text of an expression, an object with functions.
;({
  /** Contrast of text and what is behind it (WCAG 2.2), for all that shows: [text, ratio] of each. */
  contrasts() {
    const light = (colour) =>
      [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => {
        const part = colour[i] / 255
        return sum + weight * (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
      }, 0)
    const behind = (element) => {
      for (let at = element; at !== null; at = at.parentElement) {
        const colour = this.numbers(getComputedStyle(at).backgroundColor)
        if (colour.length === 3 || colour[3] === 1) return colour
      }
      return this.canvas()
    }
    const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '')
    return [...document.querySelectorAll('body *')].filter(hasText).map((element) => {
      const both = [light(this.numbers(getComputedStyle(element).color)), light(behind(element))]
      return [element.textContent.trim().slice(0, 30), (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05)]
    })
  },

  numbers: (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number),

  /** The colour of the page itself. */
  canvas() {
    const probe = document.body.appendChild(document.createElement('i'))
    probe.style.setProperty('background-color', 'Canvas')
    const colour = this.numbers(getComputedStyle(probe).backgroundColor)
    probe.remove()
    return colour
  },

  width: () => document.documentElement.scrollWidth,

  language: () => document.documentElement.lang,

  /** What can be used and is smaller than this, pixels. */
  smallerThan: (pixels) =>
    [...document.querySelectorAll('a, button, input')].flatMap((element) => {
      const { width, height } = element.getBoundingClientRect()
      return width > 0 && (width < pixels || height < pixels) ? [element.outerHTML] : []
    }),

  /** What can be used and has no name. */
  nameless: () =>
    [...document.querySelectorAll('a, button, input')]
      .filter((element) => element.textContent.trim() === '' && !element.labels?.length)
      .map((element) => element.outerHTML),
})
