/** Rows under headings, each column as wide as its widest cell but at most `most`. What would move the cursor is taken out. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[], most = 60): string {
  const lines = [headings, ...rows].map((row) => row.map((cell) => cut(plain(cell), most)));
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => widthOf(line[column] ?? ''))));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

function plain(cell: string): string {
  return cell.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();
}

function cut(cell: string, most: number): string {
  return widthOf(cell) <= most ? cell : `${[...cell].slice(0, most - 1).join('')}…`;
}

/** In characters; wide ones count as one. */
function widthOf(cell: string): number {
  return [...cell].length;
}
