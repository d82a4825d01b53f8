/** How many ICMP errors a station may still send: so many a second, saved up for one second (RFC 1812 §4.3.2.8, RFC 4443 §2.4 (f)). */
export class ErrorBudget {
  private left: number
  private filledAt = 0

  constructor(private readonly perSecond: number) {
    this.left = perSecond
  }

  /** Takes one; false when none is left. */
  take(now = performance.now()): boolean {
    if (this.perSecond === Number.POSITIVE_INFINITY) return true
    if (this.filledAt > 0)
      this.left = Math.min(this.perSecond, this.left + ((now - this.filledAt) / 1000) * this.perSecond)
    this.filledAt = now
    if (this.left < 1) return false
    this.left--
    return true
  }
}
