/** Registers them. */
export function describeNmap(): void {}
