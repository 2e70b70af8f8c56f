import { formatDate } from './dates.js';
import { h, link } from './dom.js';
import { emojiOf } from './emoji.js';
import { pictured } from './emoji-art.js';
import { channelLink, groupMention, mention } from './mrkdwn.js';
import { session, zone } from './session.js';

function styled(node, style = {}) {
  let result = node;
  for (const [name, tag] of [
    ['code', 'code'],
    ['bold', 'strong'],
    ['italic', 'em'],
    ['strike', 's'],
    ['underline', 'u'],
  ])
    if (style[name]) result = h(tag, {}, result);
  return result;
}

const withBreaks = (text) =>
  text.split('\n').flatMap((line, index) => (index > 0 ? [h('br'), ...pictured(line)] : pictured(line)));

function piece(element) {
  switch (element.type) {
    case 'text':
      return styled(h('span', {}, withBreaks(element.text)), element.style);
    case 'link':
      return styled(link(element.url, element.text || element.url), element.style);
    case 'user':
      return styled(mention(element.user_id), element.style);
    case 'channel':
      return styled(channelLink(element.channel_id), element.style);
    case 'usergroup':
      return styled(groupMention(element.usergroup_id), element.style);
    case 'broadcast':
      return styled(h('span', { class: 'mention mine' }, `@${element.range}`), element.style);
    case 'emoji':
      return h('span', {}, pictured(emojiOf(element.name) ?? `:${element.name}:`));
    case 'color':
      return h('code', {}, element.value);
    case 'date': {
      const now = new Date(session.server?.now ?? Date.now());
      return h('time', { title: element.fallback }, formatDate(element.timestamp, element.format, zone(), now));
    }
    default:
      return '';
  }
}

const pieces = (element) => (element.elements ?? []).map(piece);

/** @returns nodes */
export function richText(block) {
  return (block.elements ?? []).map((element) => {
    switch (element.type) {
      case 'rich_text_preformatted':
        return h(
          'pre',
          {},
          h(
            'code',
            {},
            (element.elements ?? []).map((entry) => entry.text ?? entry.url),
          ),
        );
      case 'rich_text_quote':
        return h('blockquote', {}, pieces(element));
      case 'rich_text_list': {
        const list = h(
          element.style === 'ordered' ? 'ol' : 'ul',
          { start: element.style === 'ordered' ? (element.offset ?? 0) + 1 : undefined },
          (element.elements ?? []).map((entry) => h('li', {}, pieces(entry))),
        );
        list.style.marginInlineStart = `${(element.indent ?? 0) * 1.5}rem`;
        return list;
      }
      default:
        return h('p', {}, pieces(element));
    }
  });
}
