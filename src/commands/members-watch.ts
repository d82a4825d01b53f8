/** Registers them. */
export function describeWatch(): void {}
