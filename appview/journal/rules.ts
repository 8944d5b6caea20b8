// The version of the journal's rules. Books folded by one version are no continuation of books folded by another: a store that names other rules is
// folded anew from its intake before it answers (follow/refold.ts).
// Raise it with every change after which the same intake gives other entries, documents, refusals or due entries, or a store other tables of them.

export const RULES = 18
