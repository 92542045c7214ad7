import { mcpMeeting } from './strangers/mcp.ts'
import { meetStrangers } from './strangers/meet.ts'

meetStrangers(mcpMeeting)
