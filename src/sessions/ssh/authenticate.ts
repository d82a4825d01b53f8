/** Logging in: keys, the agent, passwords, in the order in which a person would try them. */
import type { AnyAuthMethod, KeyboardInteractiveAuthMethod, ParsedKey, Prompt } from 'ssh2'
import { printable, report } from '../../exchange/index.js'
import { keepSecret } from '../../exchange/secrets.js'
import { SessionError } from '../face/session-error.js'
import { askUser, canAsk } from './ask-user.js'
import { type Identity, identityOf } from './identities.js'
import { fingerprint } from './known-hosts.js'
import type { Plan } from './options.js'

/** How often a password is asked for. */
const MOST_QUESTIONS = 3

/** Tries one way after the other; what was tried is told when none was good. */
export class Authenticator {
  /** What the server said that it would take. */
  methods: readonly string[] = []
  readonly #tried: string[] = []
  readonly #ways: AsyncGenerator<AnyAuthMethod>
  /** What was asked of the user, or a key that cannot be read: ends it. */
  failure: unknown

  /** @param hold runs a question to the user, which the time for connecting does not count */
  constructor(
    private readonly plan: Plan,
    private readonly label: string,
    private readonly signal: AbortSignal,
    private readonly hold: <T>(question: () => Promise<T>) => Promise<T>,
  ) {
    this.#ways = this.#allWays()
  }

  /** As ssh2 asks for it. */
  readonly handler = (
    methods: readonly string[] | null,
    _partial: boolean | null,
    next: (way: AnyAuthMethod | false) => void,
  ): void => {
    if (methods !== null) this.methods = methods
    this.#ways.next().then(
      ({ value, done }) => next(done === true ? false : value),
      (error) => {
        this.failure = error
        next(false)
      },
    )
  }

  /** A problem with the agent or a key, which does not end it. */
  note(text: string): void {
    this.#tried.push(printable(text))
  }

  /** Why nobody was let in. */
  error(): SessionError {
    if (this.failure instanceof SessionError) return this.failure
    const takes =
      this.methods.length === 0 ? '' : ` The server takes: ${this.methods.map((each) => printable(each)).join(', ')}.`
    const tried =
      this.#tried.length === 0
        ? ' There was nothing to try: no key, no agent, no password.'
        : ` Tried: ${this.#tried.join('; ')}.`
    const remedy =
      this.#takes('password') && this.plan.password === undefined && !canAsk()
        ? ' A password comes from NETSHELL_SSH_PASSWORD or the option password.'
        : ' Options user, key, agent and password say otherwise.'
    return new SessionError(`${this.label}: not logged in.${tried}${takes}${remedy}`, 'AUTH')
  }

  #takes(method: string): boolean {
    return this.methods.includes(method)
  }

  async *#allWays(): AsyncGenerator<AnyAuthMethod> {
    const { user, key, password, passphrase } = this.plan
    yield { type: 'none', username: user }
    const hasOwnPassword = password !== undefined && key === undefined
    if (key !== undefined) yield* this.#withKey(await identityOf(key, passphrase, this.signal), true)
    // Who gives a password wants it to be used: keys before it may use up the attempts.
    else if (!hasOwnPassword) yield* this.#withOwnKeys()
    yield* this.#withPassword()
  }

  async *#withOwnKeys(): AsyncGenerator<AnyAuthMethod> {
    if (!this.#takes('publickey')) return
    const { user, agent, identitiesOnly, identityFiles, passphrase } = this.plan
    if (agent !== undefined && !identitiesOnly) {
      this.note('the keys of the agent')
      yield { type: 'agent', username: user, agent }
    }
    const locked: Identity[] = []
    for (const file of identityFiles) {
      const identity = await identityOf(file, passphrase, this.signal).catch((error: Error) => this.#skipped(error))
      if (identity?.isEncrypted) locked.push(identity)
      else if (identity !== undefined) yield* this.#withKey(identity, false)
    }
    // Last: perhaps nobody has to be asked.
    for (const identity of locked) yield* this.#withKey(identity, false)
  }

  #skipped(error: Error): undefined {
    if (!/no such file/.test(error.message)) this.note(error.message.replace(/^ssh: /, ''))
  }

  async *#withKey(identity: Identity, isWanted: boolean): AsyncGenerator<AnyAuthMethod> {
    if (!this.#takes('publickey')) return
    let key: ParsedKey
    try {
      key = await this.hold(() => identity.open())
    } catch (error) {
      if (isWanted || !(error instanceof SessionError)) throw error
      this.note(error.message.replace(/^ssh: /, ''))
      return
    }
    this.note(`key ${identity.name} (${fingerprint(key.getPublicSSH())})`)
    yield { type: 'publickey', username: this.plan.user, key }
  }

  async *#withPassword(): AsyncGenerator<AnyAuthMethod> {
    const { user, password } = this.plan
    if (password !== undefined) {
      keepSecret(password)
      if (this.#takes('password')) {
        this.note('the password')
        yield { type: 'password', username: user, password }
      } else if (this.#takes('keyboard-interactive')) {
        this.note('the password, as an answer')
        yield this.#answering(async ({ echo }) => (echo === true ? '' : password))
      }
      return
    }
    if (!canAsk()) return
    for (let question = 1; question <= MOST_QUESTIONS; question++) {
      if (this.#takes('password')) {
        const typed = await this.hold(() => this.#askHidden(`${this.label}: password: `))
        yield { type: 'password', username: user, password: typed }
      } else if (this.#takes('keyboard-interactive'))
        yield this.#answering(({ prompt, echo }) => this.#askAs(printable(prompt), echo === true))
      else return
      this.note('a password')
    }
  }

  async #askHidden(question: string): Promise<string> {
    const typed = await askUser(question, { isHidden: true, signal: this.signal })
    keepSecret(typed)
    return typed
  }

  #askAs(prompt: string, isShown: boolean): Promise<string> {
    const question = `${this.label}: ${prompt}`
    return isShown ? askUser(question, { signal: this.signal }) : this.#askHidden(question)
  }

  /** Questions of the server (RFC 4256), such as for a code. */
  #answering(answer: (prompt: Prompt) => Promise<string>): KeyboardInteractiveAuthMethod {
    return {
      type: 'keyboard-interactive',
      username: this.plan.user,
      prompt: (_name, instructions, _language, prompts, finish) => {
        if (instructions.trim() !== '') report(`${this.label}: ${printable(instructions.trim())}`)
        const answers = async (): Promise<string[]> => {
          const given: string[] = []
          for (const prompt of prompts) given.push(await answer(prompt))
          return given
        }
        this.hold(answers).then(finish, (error) => {
          this.failure = error
          finish([])
        })
      },
    }
  }
}
