/** Lines for standard output, written in pieces; a reader that is slower than we are is waited for. */
export class LineOutput {
  private text = ''

  constructor(private readonly stream: NodeJS.WritableStream = process.stdout) {}

  /** Adds a line; true when it is time to `flush`. */
  line(text: string): boolean {
    this.text += `${text}\n`
    return this.text.length > 65536
  }

  /** Writes what has gathered, and waits until the stream takes more. */
  async flush(): Promise<void> {
    const { text } = this
    this.text = ''
    if (text !== '' && !this.stream.write(text))
      await new Promise<void>((resolve) => this.stream.once('drain', () => resolve()))
  }
}
