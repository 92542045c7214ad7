import { githubMeeting } from './strangers/github.ts'
import { meetStrangers } from './strangers/meet.ts'

meetStrangers(githubMeeting)
