const unstorable = /[\0\p{Surrogate}]/gu;

/** Text as PostgreSQL takes it: without NUL, and without halves of a surrogate pair (a cut emoji), which UTF-8 has no room for. */
export function storable(text: string): string {
  return text.replace(unstorable, '');
}
