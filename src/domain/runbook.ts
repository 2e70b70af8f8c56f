/** What a team wrote down for when something goes wrong, in the sections that answer one thing each. */

/** A section of a Markdown file, as plain text. */
export interface RunbookSection {
  /** The headings that lead to it, the outermost first: `Orders › Late`. Without any, the name of the file. */
  title: string;
  /** Lines as they were, without the marks of Markdown. At most 3,000 characters; never empty. */
  body: string;
}

const bodyMax = 3_000;
const titleMax = 200;
const sectionsMax = 500;

/**
 * Splits a Markdown file by its headings; what stands before the first belongs to the file itself. Headings in fenced code are none, and
 * a section that says nothing is left out. Never throws.
 *
 * @param name of the file, for what has no heading
 */
export function splitRunbook(name: string, markdown: string): RunbookSection[] {
  const sections: RunbookSection[] = [];
  let headings: { depth: number; text: string }[] = [];
  let lines: string[] = [];
  let fence: string | undefined;

  function close(): void {
    const body = lines
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim()
      .slice(0, bodyMax);
    const title = headings.map(({ text }) => text).join(' › ') || name;
    if (body !== '' && sections.length < sectionsMax) sections.push({ title: title.slice(0, titleMax), body });
    lines = [];
  }

  for (const line of withoutFrontMatter(markdown).split(/\r\n?|\n/)) {
    const mark = /^ {0,3}(`{3,}(?!.*`)|~{3,})/.exec(line)?.[1];
    if (mark && (fence === undefined || (mark.startsWith(fence) && /^[\s`~]*$/.test(line)))) {
      fence = fence === undefined ? mark : undefined;
      continue;
    }
    const heading = fence === undefined ? /^ {0,3}(#{1,6})[ \t]+(.*)$/.exec(line) : null;
    if (!heading) {
      lines.push(fence === undefined ? unmarked(line) : line.trimEnd());
      continue;
    }
    close();
    const [, hashes = '', words = ''] = heading;
    const text = unmarked(words)
      .replace(/[ \t]#+$/, '')
      .trim();
    headings = [...headings.filter(({ depth }) => depth < hashes.length), { depth: hashes.length, text }].filter(
      (each) => each.text !== '',
    );
  }
  close();
  return sections;
}

/** Between two lines of `---` at the very start. */
function withoutFrontMatter(markdown: string): string {
  const text = markdown.replace(/^\uFEFF/, '');
  if (!/^---[ \t]*\r?\n/.test(text)) return text;
  const end = /\r?\n(---|\.\.\.)[ \t]*(\r?\n|$)/.exec(text);
  return end ? text.slice(end.index + end[0].length) : text;
}

/** Links keep their words and their address; stress and quotes lose their marks. */
function unmarked(line: string): string {
  return line
    .replace(/!\[([^[\]]{0,300})\]\([^()]{0,2000}\)/g, '$1')
    .replace(/\[([^[\]]{1,300})\]\(<?(https?:\/\/[^()\s<>]{1,2000})>?\)/g, '$1 ($2)')
    .replace(/\[([^[\]]{1,300})\]\([^()]{0,2000}\)/g, '$1')
    .replace(/(\*\*|__)(?=\S)([^*_]{1,500})\1/g, '$2')
    .replace(/^ {0,3}> ?/, '')
    .trimEnd();
}
