import type { ToolCommand } from '../tool-command.js'

/** All tools, in the order in which help lists them. */
export const TOOL_COMMANDS: readonly ToolCommand[] = []
