import { dayKey, dayTitle, momentOf } from './dates.js';
import { h, sync } from './dom.js';
import { follows, messageNode } from './message.js';
import { session, zone } from './session.js';

/** Draws messages and ephemerals in order of time, with a line between days; stays at the foot when it was there. */
export function drawMessages(list, messages, { channelId, inThread = false, days = true }) {
  const now = new Date(session.server.now);
  const context = `${session.me}|${zone()}|${dayKey(now, zone())}|${inThread}|${JSON.stringify(session.server.files).length}`;
  const items = [];
  let previous;
  for (const message of [...messages].sort((a, b) => Number(a.ts) - Number(b.ts))) {
    const date = momentOf(message.ts);
    if (days && (!previous || dayKey(momentOf(previous.ts), zone()) !== dayKey(date, zone()))) {
      const title = dayTitle(date, zone(), now);
      items.push({
        key: `day-${dayKey(date, zone())}`,
        look: title,
        make: () => h('div', { class: 'day', role: 'separator' }, h('span', {}, title)),
      });
      previous = undefined;
    }
    const grouped = follows(message, previous);
    items.push({
      key: `${message.isEphemeral ? 'e' : 'm'}${message.ts}`,
      look: `${context}|${grouped}|${JSON.stringify(message)}`,
      make: () => messageNode(message, { channelId, grouped, inThread }),
    });
    previous = message;
    // In a thread the parent stands apart from its replies.
    if (inThread && message.reply_count) {
      const title = `${message.reply_count} ${message.reply_count === 1 ? 'reply' : 'replies'}`;
      items.push({ key: 'replies', look: title, make: () => h('div', { class: 'reply-count' }, title) });
      previous = undefined;
    }
  }
  const scroller = list.parentElement;
  const atFoot =
    list.fresh !== channelId + inThread || scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 90;
  list.fresh = channelId + inThread;
  sync(list, items);
  if (atFoot) scroller.scrollTop = scroller.scrollHeight;
}
