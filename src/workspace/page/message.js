import { blocks } from './blocks.js';
import { initialOf } from './controls.js';
import { clockTime, fullMoment, momentOf, spoken } from './dates.js';
import { h, link } from './dom.js';
import { emojiOf, quickEmoji } from './emoji.js';
import { pictured } from './emoji-art.js';
import { mrkdwn } from './mrkdwn.js';
import { openMenu, rewritten } from './overlay.js';
import { act, go, isBot, personOf, session, zone } from './session.js';
import { report } from './toast.js';

export const avatarOf = (person, name) =>
  h('img', {
    class: 'avatar',
    src: `/page/avatar.svg?name=${encodeURIComponent(person?.realName ?? name ?? '?')}`,
    alt: '',
    loading: 'lazy',
  });

/** What the controls of a message do. */
function placeOf(message, channelId) {
  return {
    press: async (block, element, value) => {
      const answer = await act('press', {
        channelId,
        messageTs: message.ts,
        actionId: element.action_id,
        blockId: block.block_id,
        value,
      });
      report(answer, 'That');
    },
    suggest: (element, query) =>
      act('suggest', { channelId, messageTs: message.ts, actionId: element.action_id, query }),
    initial: (_block, element) => initialOf(element),
  };
}

function attachment(entry, place) {
  const node = h(
    'div',
    { class: 'attachment' },
    entry.pretext ? h('div', { class: 'text' }, mrkdwn(entry.pretext)) : null,
    h(
      'div',
      { class: 'attachment-body' },
      entry.author_name ? h('small', {}, entry.author_name) : null,
      entry.title ? h('strong', {}, entry.title_link ? link(entry.title_link, entry.title) : entry.title) : null,
      entry.text ? h('div', { class: 'text' }, mrkdwn(entry.text)) : null,
      entry.fields
        ? h(
            'div',
            { class: 'fields' },
            entry.fields.map((field) =>
              h('div', { class: 'text' }, h('strong', {}, field.title), h('br'), mrkdwn(field.value)),
            ),
          )
        : null,
      entry.blocks ? blocks(entry.blocks, place) : null,
      !entry.blocks && !entry.text && !entry.title && entry.fallback
        ? h('div', { class: 'text' }, entry.fallback)
        : null,
      entry.footer ? h('small', {}, entry.footer) : null,
    ),
  );
  const named = { good: '#2f9e5f', warning: '#e0a100', danger: '#d13b3b' };
  const colour =
    named[entry.color] ??
    (/^#?[0-9a-f]{3,6}$/i.test(entry.color ?? '') ? `#${entry.color.replace('#', '')}` : undefined);
  if (colour) node.style.setProperty('--bar', colour);
  return node;
}

const kilobytes = (bytes) => (bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} kB`);

function file(entry) {
  const now = session.server.files[entry.id];
  if (!now) return h('div', { class: 'file gone' }, 'This file was deleted.');
  if (now.mimetype.startsWith('image/'))
    return h(
      'figure',
      {},
      h('figcaption', {}, now.title),
      h('img', { class: 'picture', src: now.url_private, alt: now.alt_txt ?? now.title }),
    );
  return h(
    'a',
    { class: 'file', href: now.url_private, target: '_blank', rel: 'noopener' },
    h('span', { class: 'file-icon', 'aria-hidden': 'true' }, pictured('📄')),
    h('span', {}, h('strong', {}, now.title), h('small', {}, `${now.filetype} · ${kilobytes(now.size)}`)),
  );
}

function reactions(message, channelId) {
  if (!message.reactions?.length) return null;
  return h(
    'div',
    { class: 'reactions' },
    message.reactions.map((reaction) => {
      const mine = reaction.users.includes(session.me);
      const names = reaction.users.map((id) => personOf(id)?.realName ?? id).join(', ');
      return h(
        'button',
        {
          class: `reaction${mine ? ' mine' : ''}`,
          'aria-pressed': mine,
          title: `${names} reacted with :${reaction.name}:`,
          'aria-label': `${reaction.name.replaceAll('_', ' ')}, ${reaction.count}: ${names}`,
          onclick: async () =>
            report(await act('react', { channelId, messageTs: message.ts, name: reaction.name }), 'The reaction'),
        },
        h('span', {}, pictured(emojiOf(reaction.name) ?? `:${reaction.name}:`)),
        h('span', {}, String(reaction.count)),
      );
    }),
  );
}

function threadLine(message, channelId) {
  if (!message.reply_count) return null;
  const now = new Date(session.server.now);
  const count = message.reply_count;
  return h(
    'button',
    { class: 'thread-line', onclick: () => go({ channelId, threadTs: message.ts }) },
    (message.reply_users ?? []).slice(0, 3).map((id) => avatarOf(personOf(id))),
    h('span', { class: 'count' }, `${count} ${count === 1 ? 'reply' : 'replies'}`),
    h('span', { class: 'last' }, `Last reply ${spoken(momentOf(message.latest_reply), zone(), now)}`),
  );
}

/** A message as it was typed: ids as names, nothing escaped. */
const typedOf = (wire) =>
  wire
    .replace(/<@([A-Z0-9]+)(?:\|[^>]*)?>/g, (_whole, id) => `@${personOf(id)?.name ?? id}`)
    .replace(/<#[A-Z0-9]+\|([^>]*)>/g, '#$1')
    .replace(/<!(here|channel|everyone)>/g, '@$1')
    .replace(/<(https?:[^|>]+)(?:\|[^>]*)?>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

function toolbar(message, channelId, inThread) {
  const react = async (name) => report(await act('react', { channelId, messageTs: message.ts, name }), 'The reaction');
  const tool = (label, sign, run) =>
    h('button', { class: 'tool', 'aria-label': label, title: label, onclick: run }, sign);
  const shortcuts = session.server.app.shortcuts.filter((shortcut) => shortcut.type === 'message');
  const copy = () =>
    navigator.clipboard?.writeText(`${location.origin}/archives/${channelId}/p${message.ts.replace('.', '')}`);
  const place = { channelId, messageTs: message.ts };
  const own = [
    {
      label: 'Edit message',
      run: async () => {
        const text = await rewritten('Edit message', typedOf(message.text));
        if (text !== undefined) report(await act('edit', { ...place, text }), 'The edit');
      },
    },
    { label: 'Delete message', run: async () => report(await act('delete', place), 'Deleting') },
  ];
  return h(
    'div',
    { class: 'toolbar', role: 'group', 'aria-label': 'Message actions' },
    tool('Add a reaction', '☺', (event) =>
      openMenu(
        event.currentTarget,
        quickEmoji.map((name) => ({ label: pictured(emojiOf(name)), title: `:${name}:`, run: () => react(name) })),
        'menu emoji-picker',
      ),
    ),
    inThread
      ? null
      : tool('Reply in thread', pictured('💬'), () => go({ channelId, threadTs: message.thread_ts ?? message.ts })),
    tool('More actions', '⋮', (event) =>
      openMenu(event.currentTarget, [
        ...shortcuts.map((shortcut) => ({
          label: shortcut.name,
          detail: session.server.app.name,
          run: async () =>
            report(
              await act('shortcut', { callbackId: shortcut.callbackId, channelId, messageTs: message.ts }),
              shortcut.name,
            ),
        })),
        { label: 'Copy link', run: copy },
        ...(message.user === session.me ? own : []),
      ]),
    ),
  );
}

const isSystem = (message) => /^channel_(join|leave)$/.test(message.subtype ?? '');

/** Two messages that stand together under one name. */
export const follows = (message, previous) =>
  previous !== undefined &&
  previous.user === message.user &&
  previous.username === message.username &&
  !previous.isEphemeral === !message.isEphemeral &&
  !isSystem(previous) &&
  !isSystem(message) &&
  message.subtype !== 'thread_broadcast' &&
  Number(message.ts) - Number(previous.ts) < 300;

/** One message. `inThread`: drawn in the thread pane. */
export function messageNode(message, { channelId, grouped, inThread = false }) {
  const person = personOf(message.user);
  const name = message.username ?? person?.realName ?? message.user;
  const moment = momentOf(message.ts);
  const time = h(
    'time',
    { datetime: moment.toISOString(), title: fullMoment(moment, zone()) },
    clockTime(moment, zone()),
  );
  const place = placeOf(message, channelId);
  const edited = message.edited
    ? h(
        'span',
        {
          class: 'edited',
          title: `Edited ${spoken(momentOf(message.edited.ts), zone(), new Date(session.server.now))}`,
        },
        ' (edited)',
      )
    : null;
  if (isSystem(message))
    return h('div', { class: 'message system', 'data-ts': message.ts }, time, h('span', {}, mrkdwn(message.text)));
  const hasBlocks = message.blocks?.length > 0;
  const body = h(
    'div',
    { class: 'body' },
    message.isEphemeral
      ? h('div', { class: 'only-you' }, h('span', { 'aria-hidden': 'true' }, pictured('👁')), ' Only visible to you')
      : null,
    message.subtype === 'thread_broadcast' && !inThread
      ? h(
          'button',
          { class: 'replied', onclick: () => go({ channelId, threadTs: message.thread_ts }) },
          '↳ replied to a thread',
        )
      : null,
    grouped
      ? null
      : h(
          'div',
          { class: 'byline' },
          h('span', { class: 'name' }, name),
          isBot(message.user)
            ? h('span', { class: 'badge' }, 'APP')
            : person?.isGuest
              ? h('span', { class: 'badge' }, 'GUEST')
              : null,
          time,
        ),
    hasBlocks
      ? [blocks(message.blocks, place), edited ? h('div', { class: 'text' }, edited) : null]
      : message.text
        ? h('div', { class: `text${message.subtype === 'tombstone' ? ' gone' : ''}` }, mrkdwn(message.text), edited)
        : null,
    (message.attachments ?? []).map((entry) => attachment(entry, place)),
    (message.files ?? []).map(file),
    reactions(message, channelId),
    inThread ? null : threadLine(message, channelId),
  );
  return h(
    'div',
    {
      class: `message${grouped ? ' grouped' : ''}${message.isEphemeral ? ' ephemeral' : ''}`,
      role: 'article',
      'aria-label': `${name}, ${clockTime(moment, zone())}`,
      'data-ts': message.ts,
    },
    h('div', { class: 'gutter' }, grouped ? time : avatarOf(person, name)),
    body,
    message.isEphemeral ? null : toolbar(message, channelId, inThread),
  );
}
