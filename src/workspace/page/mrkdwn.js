import { formatDate } from './dates.js';
import { h, link } from './dom.js';
import { emojiOf } from './emoji.js';
import { pictured } from './emoji-art.js';
import { go, personOf, session, zone } from './session.js';

const decode = (text) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
const wordy = (letter) => letter !== undefined && /[\p{L}\p{N}]/u.test(letter);
const marks = { '*': 'strong', _: 'em', '~': 's' };

export function mention(userId, label) {
  const person = personOf(userId);
  const mine = userId === session.me;
  return h(
    'span',
    { class: mine ? 'mention mine' : 'mention', title: person?.realName },
    `@${person?.realName ?? label ?? userId}`,
  );
}

export function channelLink(channelId, label) {
  const name = session.server?.channels.find((channel) => channel.id === channelId)?.name ?? label ?? channelId;
  const open = (event) => {
    event.preventDefault();
    go({ channelId });
  };
  return h('a', { class: 'mention', href: `#/${channelId}`, onclick: open }, `#${name}`);
}

export function groupMention(groupId, label) {
  const group = session.server?.userGroups.find((candidate) => candidate.id === groupId);
  const mine = group?.members.includes(session.me);
  return h(
    'span',
    { class: mine ? 'mention mine' : 'mention', title: group?.name },
    `@${group?.handle ?? label?.replace(/^@/, '') ?? groupId}`,
  );
}

/** A thing between angle brackets. */
function token(inside) {
  const [target, ...rest] = inside.split('|');
  const label = rest.length > 0 ? rest.join('|') : undefined;
  if (target.startsWith('@')) return mention(target.slice(1), label);
  if (target.startsWith('#')) return channelLink(target.slice(1), label);
  if (target.startsWith('!subteam^')) return groupMention(target.slice('!subteam^'.length), label);
  if (target.startsWith('!date^')) {
    const [, seconds, pattern = '{date}', url] = target.split('^');
    const now = new Date(session.server?.now ?? Date.now());
    const text = Number.isFinite(Number(seconds))
      ? formatDate(Number(seconds), decode(pattern), zone(), now)
      : decode(label ?? '');
    const time = h('time', { title: decode(label ?? '') }, text);
    return url ? link(decode(url), time) : time;
  }
  if (target.startsWith('!')) return h('span', { class: 'mention mine' }, `@${target.slice(1)}`);
  if (/^(https?:|mailto:|tel:)/.test(target))
    return link(decode(target), label === undefined ? decode(target) : inline(label));
  return `<${decode(inside)}>`;
}

/** The end of `*bold*` and its kind that opens at `start`, or -1. */
function closing(text, start) {
  const mark = text[start];
  if (wordy(text[start - 1]) || text[start + 1] === undefined || /\s/.test(text[start + 1]) || text[start + 1] === mark)
    return -1;
  for (let at = start + 1; at < text.length && text[at] !== '\n'; at += 1) {
    if (text[at] === '`' || text[at] === '<') {
      const end = text.indexOf(text[at] === '`' ? '`' : '>', at + 1);
      if (end > at) at = end;
    } else if (text[at] === mark && !/\s/.test(text[at - 1]) && !wordy(text[at + 1])) return at;
  }
  return -1;
}

/** One run of text without code blocks or quotes. @returns nodes */
export function inline(text) {
  const nodes = [];
  let plain = '';
  const flush = () => {
    if (plain) nodes.push(...pictured(decode(plain)));
    plain = '';
  };
  for (let at = 0; at < text.length; ) {
    const letter = text[at];
    const rest = text.slice(at);
    let taken;
    if (letter === '`') {
      const end = text.indexOf('`', at + 1);
      if (end > at + 1 && !text.slice(at, end).includes('\n'))
        taken = [h('code', {}, decode(text.slice(at + 1, end))), end + 1];
    } else if (letter === '<') {
      const end = text.indexOf('>', at);
      if (end > at + 1) taken = [token(text.slice(at + 1, end)), end + 1];
    } else if (letter in marks) {
      const end = closing(text, at);
      if (end > 0) taken = [h(marks[letter], {}, inline(text.slice(at + 1, end))), end + 1];
    } else if (letter === ':') {
      const found = /^:([a-z0-9_+'-]+(?:::skin-tone-\d)?):/.exec(rest);
      const emoji = found && emojiOf(found[1]);
      if (emoji)
        taken = [
          h(
            'span',
            { class: 'emoji', role: 'img', 'aria-label': found[1].replaceAll('_', ' '), title: found[0] },
            pictured(emoji),
          ),
          at + found[0].length,
        ];
    } else if (letter === 'h' && !wordy(text[at - 1])) {
      const found = /^https?:\/\/[^\s<>|]*[^\s<>|.,;:!?)'"*_~]/.exec(rest);
      if (found) taken = [link(decode(found[0]), decode(found[0])), at + found[0].length];
    } else if (letter === '\n') taken = [h('br'), at + 1];
    if (taken) {
      flush();
      nodes.push(taken[0]);
      at = taken[1];
    } else {
      plain += letter;
      at += 1;
    }
  }
  flush();
  return nodes;
}

/** Slack's own markup: code blocks, quotes, then everything inside a line. @returns nodes */
export function mrkdwn(text = '') {
  const nodes = [];
  for (const [index, part] of text.split('```').entries()) {
    const closed = index % 2 === 1 && text.split('```').length > index + 1;
    if (index % 2 === 1 && closed) {
      nodes.push(h('pre', {}, h('code', {}, decode(part.replace(/^\n|\n$/g, '')))));
      continue;
    }
    const lines = (index % 2 === 1 ? `\`\`\`${part}` : part).replace(index > 0 ? /^\n/ : /^(?!)/, '').split('\n');
    let quote = [];
    let plain = [];
    const flushQuote = () => {
      if (quote.length > 0) nodes.push(h('blockquote', {}, inline(quote.join('\n'))));
      quote = [];
    };
    const flushPlain = () => {
      if (plain.length > 0) nodes.push(...inline(plain.join('\n')));
      plain = [];
    };
    for (const line of lines) {
      const quoted = /^(?:&gt;|>) ?(.*)$/.exec(line);
      if (quoted) {
        flushPlain();
        quote.push(quoted[1]);
      } else {
        flushQuote();
        plain.push(line);
      }
    }
    flushPlain();
    flushQuote();
  }
  return nodes;
}

/** A `plain_text` object as text, with its emoji names turned into emoji. */
export function plainString(object) {
  const text = object?.text ?? '';
  if (object?.emoji === false) return text;
  return text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => emojiOf(name) ?? whole);
}

/** The same with emoji drawn. @returns nodes and texts */
export const plainText = (object) => pictured(plainString(object));

/** A text object, whichever kind it is. @returns nodes */
export const textNodes = (object) => (object?.type === 'mrkdwn' ? mrkdwn(object.text) : plainText(object));
