// Whether an object has just the fields that a text without names of fields can stand for.

export const fields = (names: string): readonly string[] => names.split(' ')

/** Whether these are its fields, in this order, and no others. */
export const hasFields = (value: object, names: readonly string[]): boolean => {
  let nth = 0
  for (const name in value) {
    if (names[nth] !== name) return false
    nth += 1
  }
  return nth === names.length
}
