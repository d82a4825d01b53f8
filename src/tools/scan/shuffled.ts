/** The numbers below `count` in random order (Fisher and Yates; Knuth, TAOCP 2, §3.4.2, algorithm P). */
export function shuffled(count: number): Uint16Array {
  const order = Uint16Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1))
    const kept = order[i]!
    order[i] = order[j]!
    order[j] = kept
  }
  return order
}
