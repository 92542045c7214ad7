import { meetStrangers } from './strangers/meet.ts'
import { supabaseMeeting } from './strangers/supabase.ts'

meetStrangers(supabaseMeeting)
