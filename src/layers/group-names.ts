/** The groups of layers, as `ls()` shows them. */
export const LAYER_GROUPS = [
  'link',
  'wireless',
  'network',
  'routing',
  'transport',
  'tunnel',
  'services',
  'web',
  'media',
  'things',
] as const
