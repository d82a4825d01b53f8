/** Registers them. */
export function describeApp(): void {}
