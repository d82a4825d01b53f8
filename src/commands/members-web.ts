/** Registers them. */
export function describeWeb(): void {}
