// A string that has passed its parse function: the only door to the type.

declare const brand: unique symbol

export type Branded<Name extends string> = string & { readonly [brand]: Name }
