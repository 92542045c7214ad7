import { meetStrangers } from './strangers/meet.ts'
import { sentryMeeting } from './strangers/sentry.ts'

meetStrangers(sentryMeeting)
