/**
 * The database cannot be used as it is. The message is for a person: what is wrong, then what to do next.
 * Commands print it without a stack; the cause, when there is one, goes to the log.
 */
export class DatabaseFault extends Error {
  override readonly name = 'DatabaseFault';

  constructor(sentence: string, cause?: unknown) {
    super(sentence, cause === undefined ? undefined : { cause });
  }
}
