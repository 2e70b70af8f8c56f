import { drawConversation } from './conversation.js';
import { drawInspector } from './inspector.js';
import { drawModal } from './modal.js';
import { channelOf, follow, go, onState, readAddress, session } from './session.js';
import { drawSidebar } from './sidebar.js';
import { drawThread } from './thread.js';
import { drawTopbar } from './topbar.js';

const part = (id) => document.getElementById(id);

/** Somewhere to be: the joined channel with the newest message, when the address names none that this person sees. */
function settle() {
  if (session.home || channelOf(session.channelId)) return true;
  const joined = session.server.channels.filter(
    (channel) => channel.kind === 'channel' && channel.isMember && !channel.isArchived,
  );
  const first = [...joined].sort((a, b) => b.unread - a.unread)[0] ?? session.server.channels[0];
  if (!first) return true;
  go({ channelId: first.id });
  return false;
}

onState(() => {
  if (!session.server || !settle()) return;
  document.title = `${session.server.team.name} · workspace`;
  drawTopbar(part('topbar'));
  drawSidebar(part('sidebar'));
  drawConversation(part('conversation'));
  drawThread(part('thread'));
  drawModal();
  drawInspector(part('inspector'));
});

addEventListener('hashchange', readAddress);
part('shell').addEventListener('click', (event) => {
  if (event.target === part('shell')) document.body.classList.remove('sidebar-open');
});
addEventListener('keydown', (event) => {
  if (event.key === 'Escape') document.body.classList.remove('sidebar-open');
});

readAddress();
follow();
