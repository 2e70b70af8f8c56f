import { h, sync } from './dom.js';
import { pictured } from './emoji-art.js';
import { avatarOf } from './message.js';
import { act, go, personOf, refresh, session, titleOf } from './session.js';
import { openHome } from './topbar.js';

const close = () => document.body.classList.remove('sidebar-open');

function entry({ key, sign, title, unread = 0, mentions = 0, current, muted, run }) {
  const look = JSON.stringify([title, unread, mentions, current, muted]);
  return {
    key,
    look,
    make: () =>
      h(
        'button',
        {
          class: `entry${unread > 0 ? ' unread' : ''}${current ? ' current' : ''}${muted ? ' muted' : ''}`,
          'aria-current': current ? 'page' : undefined,
          onclick: () => {
            close();
            run();
          },
        },
        sign(),
        h('span', { class: 'entry-title' }, title),
        unread > 0
          ? h(
              'span',
              { class: `count${mentions > 0 ? ' loud' : ''}`, 'aria-label': `${unread} unread` },
              String(unread),
            )
          : null,
      ),
  };
}

const heading = (title) => ({ key: `h-${title}`, look: title, make: () => h('h2', {}, title) });
const sign = (text) => () => h('span', { class: 'sign', 'aria-hidden': 'true' }, pictured(text));

/** Channels with what is unread, direct conversations, and the app. */
export function drawSidebar(bar) {
  const { channels, app } = session.server;
  const isCurrent = (channel) => !session.home && channel.id === session.channelId;
  const ofChannel = (channel, muted = false) =>
    entry({
      key: channel.id,
      sign:
        channel.kind === 'channel'
          ? sign(channel.isPrivate ? '🔒' : '#')
          : () => avatarOf(personOf(channel.members.find((id) => id !== session.me) ?? session.me)),
      title: titleOf(channel),
      unread: channel.unread,
      mentions: channel.mentions,
      current: isCurrent(channel),
      muted,
      run: () => go({ channelId: channel.id }),
    });
  const byName = (a, b) => a.name.localeCompare(b.name);
  const joined = channels
    .filter((channel) => channel.kind === 'channel' && channel.isMember && !channel.isArchived)
    .sort(byName);
  const others = channels
    .filter((channel) => channel.kind === 'channel' && !channel.isMember && !channel.isArchived)
    .sort(byName);
  const withApp = (channel) => channel.kind === 'im' && channel.members.includes(app.botUserId);
  const direct = channels.filter((channel) => channel.kind !== 'channel' && channel.isMember && !withApp(channel));
  const appDirect = channels.find((channel) => withApp(channel) && channel.isMember);
  const colleagues = session.server.people.filter(
    (person) =>
      !person.isBot &&
      !person.deleted &&
      person.id !== session.me &&
      !direct.some((channel) => channel.kind === 'im' && channel.members.includes(person.id)),
  );
  sync(bar, [
    heading('Channels'),
    ...joined.map((channel) => ofChannel(channel)),
    ...(others.length > 0 ? [heading('Not joined'), ...others.map((channel) => ofChannel(channel, true))] : []),
    heading('Direct messages'),
    ...direct.map((channel) => ofChannel(channel)),
    ...colleagues.map((person) =>
      entry({
        key: person.id,
        sign: () => avatarOf(person),
        title: person.realName,
        muted: true,
        run: async () => {
          const { channelId } = await act('direct', { otherId: person.id });
          await refresh();
          go({ channelId });
        },
      }),
    ),
    heading('Apps'),
    entry({
      key: 'app',
      sign: () => avatarOf(personOf(app.botUserId)),
      title: app.name,
      unread: appDirect?.unread ?? 0,
      mentions: appDirect?.unread ?? 0,
      current: session.home || (appDirect !== undefined && isCurrent(appDirect)),
      run: openHome,
    }),
  ]);
}
