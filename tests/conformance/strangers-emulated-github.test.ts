import { emulatedGithubMeeting } from './strangers/emulated-github.ts'
import { meetStrangers } from './strangers/meet.ts'

meetStrangers(emulatedGithubMeeting)
