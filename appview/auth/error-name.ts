// What the log may say of an error of sign-in: its name. Its message may quote what a server answered.

export const errorName = (error: unknown): string => (error instanceof Error ? error.name : typeof error)
