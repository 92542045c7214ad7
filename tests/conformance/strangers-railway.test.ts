import { meetStrangers } from './strangers/meet.ts'
import { railwayMeeting } from './strangers/railway.ts'

meetStrangers(railwayMeeting)
