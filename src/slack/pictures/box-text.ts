/** How wide a text is, in pixels. */
export type Measure = (text: string) => number;

/** A name that is longer than its box goes on in a second line: behind a space, a dash, a dot or the like where there is one. */
export function inTwoLines(name: string, widthPx: number, measure: Measure): string[] {
  if (measure(name) <= widthPx) return [name];
  const byPart = fill(name.split(/(?<=[\s_./-])/), widthPx, measure);
  const [head, rest] = byPart[0] === '' ? fill([...name], widthPx, measure) : byPart;
  return rest === '' ? [head] : [head, rest];
}

/** As many of the parts as fit, and what is left. */
function fill(parts: string[], widthPx: number, measure: Measure): [string, string] {
  let count = 0;
  while (
    count < parts.length &&
    measure(
      parts
        .slice(0, count + 1)
        .join('')
        .trimEnd(),
    ) <= widthPx
  )
    count += 1;
  return [parts.slice(0, count).join('').trimEnd(), parts.slice(count).join('').trimStart()];
}
