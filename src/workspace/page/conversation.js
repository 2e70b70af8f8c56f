import { createComposer } from './composer.js';
import { h, link, sync } from './dom.js';
import { pictured } from './emoji-art.js';
import { drawHome } from './home.js';
import { drawMessages } from './message-list.js';
import { act, channelOf, go, me, refresh, session, titleOf } from './session.js';
import { report } from './toast.js';
import { openHome } from './topbar.js';

const header = h('header', { class: 'pane-header' });
const list = h('div', { class: 'messages', role: 'log', 'aria-label': 'Messages', 'aria-live': 'polite' });
const scroller = h('div', { class: 'scroller', tabindex: -1 }, list);
const home = h('div', { class: 'home-scroller', hidden: true });
const composer = createComposer({ id: 'composer', where: () => ({ channelId: session.channelId, threadTs: '' }) });
const note = h('div', { class: 'join-note', hidden: true });

/** The tabs of the app: its Home and its messages. */
function appTabs(current) {
  const tab = (name, title, run) =>
    h(
      'button',
      { role: 'tab', 'aria-selected': current === name, class: current === name ? 'tab current' : 'tab', onclick: run },
      title,
    );
  const toMessages = async () => {
    const { channelId } = await act('open-home', { tab: 'messages' });
    await refresh();
    go({ channelId });
  };
  return h(
    'div',
    { class: 'tabs', role: 'tablist' },
    tab('home', 'Home', openHome),
    tab('messages', 'Messages', toMessages),
  );
}

function drawHeader(channel, isApp) {
  const look = JSON.stringify([
    session.home,
    channel?.id,
    channel?.members.length,
    channel?.isMember,
    channel?.bookmarks,
    isApp,
  ]);
  sync(header, [
    {
      key: 'title',
      look,
      make: () => {
        const appName = session.server.app.name;
        const title =
          session.home || isApp
            ? appName
            : `${channel?.kind === 'channel' ? (channel.isPrivate ? '🔒 ' : '# ') : ''}${titleOf(channel)}`;
        return h(
          'div',
          { class: 'pane-title' },
          h('h1', {}, pictured(title)),
          session.home || isApp ? appTabs(session.home ? 'home' : 'messages') : null,
          channel?.kind === 'channel' && !session.home
            ? h('span', { class: 'members' }, `${channel.members.length} members`)
            : null,
          channel?.bookmarks.length && !session.home
            ? h(
                'span',
                { class: 'bookmarks' },
                channel.bookmarks.map((bookmark) => link(bookmark.link, pictured(`🔖 ${bookmark.title}`))),
              )
            : null,
        );
      },
    },
  ]);
}

function drawNote(channel) {
  const outside = channel && !channel.isMember;
  note.hidden = !outside && !channel?.isArchived;
  composer.node.hidden = Boolean(outside || channel?.isArchived);
  const join = h(
    'button',
    { class: 'button primary', onclick: async () => report(await act('join', { channelId: channel.id }), 'Joining') },
    'Join channel',
  );
  note.replaceChildren(
    ...(channel?.isArchived
      ? ['This channel is archived.']
      : outside
        ? [h('span', {}, `You are looking at #${channel.name}.`), join]
        : []),
  );
}

/** The middle: a conversation, or the app's Home. */
export function drawConversation(pane) {
  if (!header.isConnected) pane.append(header, home, scroller, note, composer.node);
  const channel = channelOf(session.channelId);
  const isApp = channel?.kind === 'im' && channel.members.includes(session.server.app.botUserId);
  drawHeader(channel, isApp);
  home.hidden = !session.home;
  scroller.hidden = session.home;
  if (session.home) {
    composer.node.hidden = true;
    note.hidden = true;
    drawHome(home);
    return;
  }
  drawNote(channel);
  const open = session.server.channel;
  if (open && open.id === session.channelId) {
    drawMessages(list, [...open.messages, ...open.ephemerals], { channelId: open.id });
    list.classList.toggle('empty', open.messages.length + open.ephemerals.length === 0);
    list.dataset.empty =
      channel?.kind === 'channel'
        ? `This is the very beginning of #${titleOf(channel)}.`
        : `This is the beginning of your messages with ${titleOf(channel)}.`;
  }
  composer.draw(
    channel?.kind === 'channel' ? `Message #${channel.name} as ${me()?.realName}` : `Message ${titleOf(channel)}`,
  );
}
