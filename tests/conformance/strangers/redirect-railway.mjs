// Loaded before a client that knows no other address than Railway's own: its requests go to RAILWAY_LAB instead.
const real = globalThis.fetch
globalThis.fetch = (input, init) => real(String(input).replace('https://backboard.railway.com', process.env.RAILWAY_LAB), init)
