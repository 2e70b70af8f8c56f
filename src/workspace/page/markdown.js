import { h, link } from './dom.js';
import { pictured } from './emoji-art.js';
import { inline as slackInline } from './mrkdwn.js';

/** Standard Markdown of `markdown` blocks, as much of it as messages use. */
function spans(text) {
  const nodes = [];
  const pattern =
    /(`[^`]+`)|(\*\*|__)(.+?)\2|(~~)(.+?)~~|(\*|_)([^*_\s][^*_]*?)\6(?!\w)|\[([^\]]+)\]\(([^)\s]+)\)|(https?:\/\/[^\s<>]+)|(<[^>\s][^>]*>)/g;
  let last = 0;
  for (const found of text.matchAll(pattern)) {
    if (found.index > last) nodes.push(...pictured(text.slice(last, found.index)));
    last = found.index + found[0].length;
    if (found[1]) nodes.push(h('code', {}, found[1].slice(1, -1)));
    else if (found[2]) nodes.push(h('strong', {}, spans(found[3])));
    else if (found[4]) nodes.push(h('s', {}, spans(found[5])));
    else if (found[6]) nodes.push(h('em', {}, spans(found[7])));
    else if (found[8]) nodes.push(link(found[9], spans(found[8])));
    else if (found[10]) nodes.push(link(found[10], found[10]));
    else nodes.push(...slackInline(found[0]));
  }
  if (last < text.length) nodes.push(...pictured(text.slice(last)));
  return nodes;
}

const cells = (line) =>
  line
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => cell.trim());

/** @returns nodes */
export function markdown(text) {
  const nodes = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; ) {
    const line = lines[at];
    const takeWhile = (matches) => {
      const taken = [];
      while (at < lines.length && matches(lines[at])) taken.push(lines[at++]);
      return taken;
    };
    const heading = /^(#{1,6})\s+(.*)$/.exec(line);
    if (line.startsWith('```')) {
      at += 1;
      const body = takeWhile((candidate) => !candidate.startsWith('```'));
      at += 1;
      nodes.push(h('pre', {}, h('code', {}, body.join('\n'))));
    } else if (heading) {
      at += 1;
      nodes.push(h(heading[1].length < 3 ? 'h3' : 'h4', {}, spans(heading[2])));
    } else if (/^\s*([-*]|\d+\.)\s+/.test(line)) {
      const ordered = /^\s*\d+\./.test(line);
      const items = takeWhile((candidate) => /^\s*([-*]|\d+\.)\s+/.test(candidate));
      nodes.push(
        h(
          ordered ? 'ol' : 'ul',
          {},
          items.map((item) => h('li', {}, spans(item.replace(/^\s*([-*]|\d+\.)\s+/, '')))),
        ),
      );
    } else if (line.startsWith('>')) {
      const quoted = takeWhile((candidate) => candidate.startsWith('>'));
      nodes.push(
        h(
          'blockquote',
          {},
          quoted.map((entry) => [spans(entry.replace(/^>\s?/, '')), h('br')]),
        ),
      );
    } else if (/^\s*(-{3,}|\*{3,})\s*$/.test(line)) {
      at += 1;
      nodes.push(h('hr'));
    } else if (line.includes('|') && /^[\s|:-]+$/.test(lines[at + 1] ?? '') && (lines[at + 1] ?? '').includes('-')) {
      const rows = takeWhile((candidate) => candidate.includes('|'));
      const [head, , ...body] = rows.map(cells);
      nodes.push(
        h(
          'div',
          { class: 'table-scroll' },
          h(
            'table',
            { class: 'grid' },
            h(
              'thead',
              {},
              h(
                'tr',
                {},
                head.map((cell) => h('th', {}, spans(cell))),
              ),
            ),
            h(
              'tbody',
              {},
              body.map((row) =>
                h(
                  'tr',
                  {},
                  row.map((cell) => h('td', {}, spans(cell))),
                ),
              ),
            ),
          ),
        ),
      );
    } else if (line.trim() === '') at += 1;
    else {
      const paragraph = takeWhile(
        (candidate) => candidate.trim() !== '' && !/^(#{1,6}\s|```|>|\s*([-*]|\d+\.)\s+)/.test(candidate),
      );
      nodes.push(
        h(
          'p',
          {},
          paragraph.map((entry, index) => [index > 0 ? h('br') : null, spans(entry)]),
        ),
      );
    }
  }
  return nodes;
}
