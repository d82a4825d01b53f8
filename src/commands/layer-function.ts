import { allOfLayers } from '../layers/index.js'

type Layers = ReturnType<typeof allOfLayers>
// biome-ignore lint/suspicious/noExplicitAny: functions of any parameters
type AnyFunction = (...parameters: any[]) => unknown
type FunctionName = { [K in keyof Layers]: Layers[K] extends AnyFunction ? K : never }[keyof Layers]

/** A function that comes with layers which are declared on demand: calling it declares them. */
export function layerFunction<K extends FunctionName>(name: K): Layers[K] {
  const call = (...parameters: unknown[]): unknown => (allOfLayers()[name] as AnyFunction)(...parameters)
  return Object.defineProperty(call, 'name', { value: name }) as Layers[K]
}
