// What follows from linear equations: the span of their coefficients. Arithmetic is modulo a prime, so that it is exact.

const PRIME = 2_147_483_647n

export class Span {
  readonly #rows = new Map<number, bigint[]>()

  add(coefficients: readonly number[]): void {
    const row = this.#reduced(coefficients.map(BigInt))
    const pivot = row.findIndex((one) => one !== 0n)
    if (pivot === -1) return
    const inverse = power(row[pivot] ?? 1n, PRIME - 2n)
    this.#rows.set(
      pivot,
      row.map((one) => (one * inverse) % PRIME),
    )
  }

  /** Whether the value of this form follows from the equations. */
  has(coefficients: readonly number[]): boolean {
    return this.#reduced(coefficients.map(BigInt)).every((one) => one === 0n)
  }

  #reduced(row: readonly bigint[]): bigint[] {
    const rest = row.map((one) => ((one % PRIME) + PRIME) % PRIME)
    for (let at = 0; at < rest.length; at++) {
      const factor = rest[at] ?? 0n
      const base = this.#rows.get(at)
      if (factor === 0n || base === undefined) continue
      for (let i = at; i < rest.length; i++) {
        const other = base[i] ?? 0n
        if (other !== 0n) rest[i] = ((rest[i] ?? 0n) + (PRIME - factor) * other) % PRIME
      }
    }
    return rest
  }
}

const power = (base: bigint, exponent: bigint): bigint => {
  let result = 1n
  for (let [b, e] = [base, exponent]; e > 0n; e >>= 1n, b = (b * b) % PRIME) if (e & 1n) result = (result * b) % PRIME
  return result
}
