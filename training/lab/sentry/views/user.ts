import type { World } from '../../../../src/core/world/world.ts'
import { sentryTime } from '../time-window.ts'

type Person = World['header']['people'][number]

/** The number Sentry knows a person of the world by. */
function idOf(world: World, person: Person): string {
  return String(1001 + world.header.people.indexOf(person))
}

/** The person with this login, e-mail address or name; undefined for somebody the world does not know. */
export function personOf(world: World, who: string): Person | undefined {
  return world.header.people.find((person) => person.login === who || person.email === who || person.name === who)
}

/** A full user, as activities and members carry it. */
export function userView(world: World, person: Person): Record<string, unknown> {
  const joined = sentryTime(world.sentry.organization.createdAt)
  return {
    id: idOf(world, person), name: person.name, username: person.login, email: person.email, avatarUrl: `https://gravatar.example/${person.login}`,
    avatar: { avatarType: 'letter_avatar', avatarUuid: null, avatarUrl: null }, isActive: true, isSuspended: false, hasPasswordAuth: true, isManaged: false, dateJoined: joined,
    lastLogin: null, lastActive: null, has2fa: true, isSuperuser: false, isStaff: false, experiments: {}, emails: [{ id: idOf(world, person), email: person.email, is_verified: true }],
  }
}

/** A user by login, as `userView`; null for nobody, a bare name for somebody the world does not know. */
export function userOrNull(world: World, who: string | undefined): Record<string, unknown> | null {
  if (who === undefined) return null
  const person = personOf(world, who)
  return person === undefined ? { id: '0', name: who, username: who, email: who } : userView(world, person)
}

/** Who an issue or a rule belongs to: a user or a team, in Sentry's short form. */
export function actorView(world: World, who: string | undefined): Record<string, unknown> | null {
  if (who === undefined) return null
  const slug = who.replace(/^(team:|#)/, '')
  const team = world.sentry.teams.find((each) => each.slug === slug)
  if (team !== undefined) return { type: 'team', id: team.id, name: team.slug }
  const person = personOf(world, who)
  return { type: 'user', id: person === undefined ? '0' : idOf(world, person), name: person?.name ?? who, email: person?.email ?? who }
}
