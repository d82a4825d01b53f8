/** What `explain` is made of: all that it loads when it is first used. */
export { flowOf, touches } from './flows.js'
export { ladder } from './ladder.js'
export { OwnConversations } from './own-conversations.js'
export { Recorder } from './recorder.js'
