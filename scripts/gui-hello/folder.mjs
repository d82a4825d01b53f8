/** Where the interfaces and their handlers are. */
export const folder = import.meta.dirname
