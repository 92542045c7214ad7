import { Hono } from 'hono'
import { z } from 'zod'
import type { Recorder } from '../recorder.ts'
import type { Database } from './database.ts'

interface Deps {
  readonly recorder: Recorder
  readonly database: Database
}

const Listing = z.object({ prefix: z.string().default(''), limit: z.number().int().min(1).max(1000).default(100), offset: z.number().int().min(0).default(0) })

/** `/storage/v1/…`: buckets and the objects in them, from the tables of schema storage. */
export function createStorage({ recorder, database }: Deps): Hono {
  const storage = new Hono()
  const buckets = async (): Promise<readonly Record<string, unknown>[]> => {
    const { rows } = await database.read([{ sql: 'select row_to_json(b) as bucket from storage.buckets b order by name' }])
    return rows.map(({ bucket }) => bucket as Record<string, unknown>)
  }
  storage.get('/bucket', async (context) => context.json(await buckets()))
  storage.get('/bucket/:id', async (context) => {
    const found = (await buckets()).find(({ id }) => id === context.req.param('id'))
    return found ? context.json(found) : context.json({ statusCode: '404', error: 'Bucket not found', message: 'Bucket not found' }, 400)
  })
  storage.post('/object/list/:bucket', async (context) => {
    recorder.mark(context.req.raw, { write: false })
    const body = Listing.safeParse(await context.req.json().catch(() => ({})))
    if (!body.success) return context.json({ statusCode: '400', error: 'Error', message: 'body must match the listing schema' }, 400)
    const { prefix, limit, offset } = body.data
    const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`
    const { rows } = await database.read([{
      sql: `select row_to_json(o) as object from (select substr(name, length($2) + 1) as name, id, updated_at, created_at, last_accessed_at, metadata from storage.objects
        where bucket_id = $1 and starts_with(name, $2) order by name limit $3 offset $4) o`,
      parameters: [context.req.param('bucket'), folder, limit, offset],
    }])
    return context.json(rows.map(({ object }) => object))
  })
  storage.all('*', (context) => context.json({ statusCode: '403', error: 'Unauthorized', message: 'new row violates row-level security policy' }, 400))
  return storage
}

/** `/auth/v1/…`: the users in auth.users, as an administrator lists them, without their passwords. */
export function createAuth({ database }: Deps): Hono {
  const auth = new Hono()
  const columns = 'id, aud, role, email, phone, email_confirmed_at, confirmed_at, last_sign_in_at, raw_app_meta_data as app_metadata, raw_user_meta_data as user_metadata, created_at, updated_at, banned_until, is_anonymous'
  auth.get('/admin/users', async (context) => {
    const [page, size] = [Number(context.req.query('page') ?? 1), Number(context.req.query('per_page') ?? 50)]
    const [{ rows }, { rows: [counted] }] = await Promise.all([
      database.read([{ sql: `select row_to_json(u) as user from (select ${columns} from auth.users order by created_at desc limit $1 offset $2) u`, parameters: [size, (page - 1) * size] }]),
      database.read([{ sql: 'select count(*) as total from auth.users' }]),
    ])
    context.header('x-total-count', String(Number(counted?.['total'])))
    return context.json({ users: rows.map(({ user }) => user), aud: 'authenticated' })
  })
  auth.get('/admin/users/:id', async (context) => {
    const { rows: [found] } = await database.read([{ sql: `select row_to_json(u) as user from (select ${columns} from auth.users where id::text = $1) u`, parameters: [context.req.param('id')] }])
    return found ? context.json(found['user'] as object) : context.json({ code: 404, error_code: 'user_not_found', msg: 'User not found' }, 404)
  })
  auth.get('/health', (context) => context.json({ version: 'v2.180.0', name: 'GoTrue', description: 'GoTrue is a user registration and authentication API' }))
  auth.all('*', (context) => context.json({ code: 403, error_code: 'not_admin', msg: 'User not allowed' }, 403))
  return auth
}
