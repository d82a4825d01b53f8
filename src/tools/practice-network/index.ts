export {
  PracticeHostList,
  type PracticeHostRow,
  PracticeNetwork,
  practiceNetwork,
  type PracticeStats,
} from './practice-network.js'
export type {
  PracticeArea,
  PracticeElse,
  PracticeHost,
  PracticeNetworkOptions,
  PracticeReply,
  PracticeRouter,
  PracticeService,
} from './plan.js'
