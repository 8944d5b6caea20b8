// A reason why a server does not start that its operator can mend: bad settings, a taken port, an unusable folder.
// Its message is a whole sentence for people; runMain prints it without a stack and exits non-zero.

export class StartError extends Error {
  override readonly name: string = 'StartError'
}
