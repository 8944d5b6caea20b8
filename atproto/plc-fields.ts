// The fields of an operation as JSON gives them, taken one by one: each of its form, none unknown, since the signature covers every one.

export type PlcService = { readonly type: string; readonly endpoint: string }

/** Something that is no operation; the message says which field is wrong. */
export class InvalidOperation extends Error {
  override readonly name = 'InvalidOperation'
}

export class OperationFields {
  readonly #fields: Readonly<Record<string, unknown>>

  constructor(value: unknown) {
    this.#fields = parseMap(value, 'the operation')
  }

  text(name: string): string {
    return parseText(this.#fields[name], name)
  }

  isNull(name: string): boolean {
    return this.#fields[name] === null
  }

  texts(name: string): readonly string[] {
    const value = this.#fields[name]
    if (!Array.isArray(value)) throw new InvalidOperation(`${name} must be a list`)
    return value.map((item: unknown) => parseText(item, name))
  }

  textsByName(name: string): Readonly<Record<string, string>> {
    return Object.fromEntries(
      Object.entries(parseMap(this.#fields[name], name)).map(([key, value]) => [key, parseText(value, `${name}.${key}`)]),
    )
  }

  services(): Readonly<Record<string, PlcService>> {
    return Object.fromEntries(
      Object.entries(parseMap(this.#fields['services'], 'services')).map(([key, value]) => {
        const service = new OperationFields(value)
        return [key, service.only(['type', 'endpoint'], { type: service.text('type'), endpoint: service.text('endpoint') })]
      }),
    )
  }

  /** Signed bytes cover every field, so an unknown one cannot be dropped. */
  only<T>(known: readonly string[], parsed: T): T {
    const unknown = Object.keys(this.#fields).find((name) => !known.includes(name))
    if (unknown !== undefined) throw new InvalidOperation(`${unknown} is no field of an operation`)
    return parsed
  }
}

const parseMap = (value: unknown, what: string): Readonly<Record<string, unknown>> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new InvalidOperation(`${what} must be an object`)
  if (Object.hasOwn(value, '__proto__')) throw new InvalidOperation(`${what} has a forbidden name`)
  return { ...value }
}

const parseText = (value: unknown, what: string): string => {
  if (typeof value !== 'string') throw new InvalidOperation(`${what} must be text`)
  if (!value.isWellFormed()) throw new InvalidOperation(`${what} is not well-formed text`)
  return value
}
