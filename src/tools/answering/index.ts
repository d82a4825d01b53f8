export { type AnswerDhcpOptions, answerDhcp } from './answer-dhcp.js'
export {
  type Answerer,
  type Answers,
  type AnsweringOptions,
  type AnsweringPlace,
  answeringMachine,
  type Reply,
} from './answering-machine.js'
export { type AnswerDnsOptions, answerArp, answerDns, answerEcho } from './answers.js'
