/** A failure that the person at the terminal can mend: its message says what happened and what to do, and is shown without a stack. */
export class UserError extends Error {}
