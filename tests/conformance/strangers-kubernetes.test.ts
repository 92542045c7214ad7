import { kubernetesMeeting } from './strangers/kubernetes.ts'
import { meetStrangers } from './strangers/meet.ts'

meetStrangers(kubernetesMeeting)
