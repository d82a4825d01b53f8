/** Registers them. */
export function describeSsh(): void {}
