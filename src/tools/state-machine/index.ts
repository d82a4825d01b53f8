export { MachineResult, type MachineStep } from './machine-result.js'
export {
  type Machine,
  type MachineState,
  type NextState,
  type StateMachineOptions,
  stateMachine,
} from './state-machine.js'
