import {
  isEnumType, isListType, isNonNullType, isScalarType, type GraphQLFieldResolver, type GraphQLOutputType,
} from 'graphql'

const blankScalars: Record<string, unknown> = { String: '', ID: '', Int: 0, Float: 0, Boolean: false, BigInt: '0', DateTime: '1970-01-01T00:00:00.000Z' }

/** The emptiest value a type allows, for what a world does not hold: null, no items, zero, the first of an enum. */
function blank(type: GraphQLOutputType): unknown {
  if (!isNonNullType(type)) return null
  const inner = type.ofType
  if (isListType(inner)) return []
  if (isScalarType(inner)) return blankScalars[inner.name] ?? {}
  return isEnumType(inner) ? inner.getValues()[0]?.value : {}
}

/**
 * Reads a field off a view: a value, or a function of the field's arguments. What the view leaves out is answered
 * blank rather than as an error, so that any query Railway's schema allows gets an answer.
 */
export const viewResolver: GraphQLFieldResolver<unknown, unknown> = (source, args: unknown, _context, info) => {
  const value: unknown = typeof source === 'object' && source !== null ? Reflect.get(source, info.fieldName) : undefined
  const answer: unknown = typeof value === 'function' ? value.call(source, args) : value
  return answer === undefined || (answer === null && isNonNullType(info.returnType)) ? blank(info.returnType) : answer
}
