import type { Random } from './random.ts'

const COMPANIES = [
  'Brightloom',
  'Tallowbridge',
  'Quernfield',
  'Ostrelane',
  'Marlpit Goods',
  'Fernwick',
  'Copperhythe',
  'Lintel Works',
  'Harrowgreen',
  'Saltmarsh Supply',
  'Velverton',
  'Plumbline',
  'Kestrel Yard',
  'Mossgate',
  'Wharfside',
  'Tinderbox Labs',
]
const GIVEN = [
  'Ines',
  'Tomasz',
  'Adaeze',
  'Jun',
  'Maren',
  'Ravi',
  'Leila',
  'Oskar',
  'Noor',
  'Beatriz',
  'Kofi',
  'Yuki',
  'Petra',
  'Samir',
  'Anouk',
  'Dmitar',
]
const FAMILY = [
  'Varga',
  'Okonjo',
  'Lindqvist',
  'Marchetti',
  'Haddad',
  'Nakagawa',
  'Ferreira',
  'Brandvold',
  'Achterberg',
  'Sorescu',
  'Mehta',
  'Quist',
  'Abara',
  'Tremblett',
]

export interface Person {
  readonly name: string
  readonly login: string
  readonly email: string
}
export interface Organization {
  readonly name: string
  readonly slug: string
}

/** An invented company; its slug serves every system of the world. */
export function drawOrganization(random: Random): Organization {
  const name = random.pick(COMPANIES)
  return { name, slug: name.toLowerCase().replaceAll(' ', '-') }
}

/** `count` invented colleagues with different logins; their mail domain is reserved for examples. */
export function drawPeople(random: Random, organization: Organization, count: number): Person[] {
  const given = random.sample(GIVEN, count)
  return given.map((first) => {
    const last = random.pick(FAMILY)
    const login = `${first}${last.slice(0, 1)}`.toLowerCase()
    return { name: `${first} ${last}`, login, email: `${first}.${last}@${organization.slug}.example`.toLowerCase() }
  })
}
