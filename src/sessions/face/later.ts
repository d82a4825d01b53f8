/**
 * A function that is loaded when it is first called: what is typed at the prompt has a name from the start, and costs the start nothing.
 * @param load gives the function; in the program this is what loads its module
 */
// biome-ignore lint/suspicious/noExplicitAny: of whatever function
export function later<F extends (...values: any[]) => unknown>(load: () => F): F {
  return ((...values: Parameters<F>) => load()(...values)) as F
}
