// Places in intake: leaf and op in one number, in their order; exact for four thousand million leaves.

const OPS_OF_A_LEAF = 2 ** 21

export const placeOf = (leaf: number, op: number): number => leaf * OPS_OF_A_LEAF + Math.min(op, OPS_OF_A_LEAF - 1)

export const leafOfPlace = (place: number): number => Math.floor(place / OPS_OF_A_LEAF)
