/** Registers them. */
export function describeExplain(): void {}
