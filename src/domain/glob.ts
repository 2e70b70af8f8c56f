/**
 * Whether the whole text fits the pattern: `*` is any run of characters (none too), `?` is exactly one, all else is itself.
 * Case counts. At most pattern × text steps, so a pattern from a configuration cannot stall us.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let at = 0;
  let here = 0;
  /** Where to go on when a guess about the last `*` was too short. */
  let star = -1;
  let starText = 0;
  while (here < text.length) {
    const wanted = pattern[at];
    if (wanted === '*') {
      star = at++;
      starText = here;
    } else if (wanted !== undefined && (wanted === '?' || wanted === text[here])) {
      at++;
      here++;
    } else if (star >= 0) {
      at = star + 1;
      here = ++starText;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
