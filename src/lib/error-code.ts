/**
 * The short word that came with an error: Node's such as `ENOENT`, or PostgreSQL's five characters. Undefined when there is none.
 * Looks at the shape, not at the class: an error may come from another realm (a worker, a test's sandbox).
 */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
