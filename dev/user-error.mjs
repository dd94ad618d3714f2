/** A failure that the person at the terminal can mend: its message says what happened and what to do, and is shown without a stack. */
export class UserError extends Error {}

/** Shows any failure the way it deserves, and gives the exit code. */
export function report(error) {
  console.error(error instanceof UserError ? `\n${error.message}` : error);
  return 1;
}
