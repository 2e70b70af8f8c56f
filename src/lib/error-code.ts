/**
 * The short word that came with an error: Node's such as `ENOENT`, or PostgreSQL's five characters. Undefined when there is none.
 * Looks at the shape, not at the class: an error may come from another realm (a worker, a test's sandbox).
 */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Node's and PostgreSQL's words for "nobody there": refused, lost, shutting down, starting up, or without room for one more. */
const away =
  /^(?:ECONN(?:REFUSED|RESET|ABORTED)|EPIPE|ENOTFOUND|EAI_AGAIN|ENOENT|E(?:HOST|NET)UNREACH|ETIMEDOUT|08...|57P0[1-3]|53300)$/;
/** What `pg` says without a code. */
const awayInWords = /^(?:Connection terminated|timeout exceeded when trying to connect)/;

/** Whether an error of the database's client says that the database is away, rather than that it does not like what was asked. */
export function isDatabaseAway(error: unknown): boolean {
  const code = errorCode(error);
  if (code !== undefined) return away.test(code);
  const said = typeof error === 'object' && error !== null && 'message' in error ? error.message : undefined;
  return typeof said === 'string' && awayInWords.test(said);
}
