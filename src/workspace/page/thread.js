import { createComposer } from './composer.js';
import { h } from './dom.js';
import { drawMessages } from './message-list.js';
import { channelOf, go, session, titleOf } from './session.js';

const where = h('small');
const list = h('div', { class: 'messages' });
const scroller = h('div', { class: 'scroller', tabindex: -1 }, list);
const close = () => go({ channelId: session.channelId });
const composer = createComposer({
  id: 'thread-composer',
  where: () => ({ channelId: session.channelId, threadTs: session.threadTs }),
});

/** The thread beside the channel. */
export function drawThread(pane) {
  const thread = session.server.channel?.thread;
  const shown = Boolean(session.threadTs && !session.home && thread && thread.ts === session.threadTs);
  pane.hidden = !shown;
  document.body.classList.toggle('thread-open', shown);
  if (!shown) return;
  if (!list.isConnected) {
    pane.append(
      h(
        'header',
        { class: 'pane-header' },
        h('div', { class: 'pane-title' }, h('h1', {}, 'Thread'), where),
        h('button', { class: 'ghost close', 'aria-label': 'Close the thread', onclick: close }, '×'),
      ),
      scroller,
      composer.node,
    );
    pane.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') close();
    });
  }
  const channel = channelOf(session.channelId);
  where.textContent = channel?.kind === 'channel' ? `#${channel.name}` : titleOf(channel);
  drawMessages(list, [...thread.messages, ...thread.ephemerals], {
    channelId: `${session.channelId}`,
    inThread: true,
    days: false,
  });
  composer.draw('Reply…');
}
