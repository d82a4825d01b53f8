import { ShellResult } from '../../tools/shell-command/result.js'

type Outcome = ConstructorParameters<typeof ShellResult>[0]

/** What a command on another machine has given: a result of `sh`, and where it ran. */
export class SshResult extends ShellResult {
  /** Where it ran: `root@host`. */
  readonly host: string

  constructor(outcome: Outcome & { host: string }) {
    super(outcome)
    this.host = outcome.host
  }

  override toJSON(): unknown {
    return { host: this.host, ...(super.toJSON() as object) }
  }
}
