/** Registers them. */
export function describeSessions(): void {}
