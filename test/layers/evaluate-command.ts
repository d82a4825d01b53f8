import { type BinaryExpression, type Expression, type ExpressionStatement, parse } from 'acorn'
import { allLayers, divide, fromHex, type Packet } from '../../src/packet/index.js'

/** The packet that the text of `command()` stands for, evaluated as at the prompt: `/` stacks, `hex('…')` gives bytes. */
export function evaluateCommand(text: string): Packet {
  const names = allLayers().map((layer) => layer.layerName)
  const scope = [...allLayers(), fromHex]
  const evaluate = (node: Expression): unknown => {
    if (node.type === 'BinaryExpression' && node.operator === '/') {
      return divide(evaluate((node as BinaryExpression).left as Expression), evaluate(node.right))
    }
    return new Function(...names, 'hex', `return (${text.slice(node.start, node.end)})`)(...scope)
  }
  const program = parse(text, { ecmaVersion: 2023 })
  return evaluate((program.body[0] as ExpressionStatement).expression) as Packet
}
