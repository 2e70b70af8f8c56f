/** What this browser looks at, and the last state that the server told. Everything else is drawn from it. */
export const session = {
  me: localStorage.getItem('acting-as') ?? '',
  channelId: '',
  threadTs: '',
  /** The app's Home tab is shown instead of messages. */
  home: false,
  inspect: false,
  server: undefined,
};

const listeners = new Set();
let loading;
let again = false;

export const onState = (listener) => listeners.add(listener);

const tell = () => {
  for (const listener of listeners) listener();
};

async function fetchState() {
  const query = new URLSearchParams({ as: session.me });
  if (session.channelId) query.set('channel', session.channelId);
  if (session.threadTs) query.set('thread', session.threadTs);
  if (session.inspect) query.set('inspect', '1');
  if (!document.hidden && !session.home) query.set('seen', '1');
  const response = await fetch(`/page-api/state?${query}`);
  if (response.ok) session.server = await response.json();
}

/** Asks for the state once more; calls that come while one is under way are answered by one further look. */
export async function refresh() {
  if (loading) {
    again = true;
    return loading;
  }
  loading = (async () => {
    do {
      again = false;
      try {
        await fetchState();
        document.body.classList.remove('offline');
      } catch {
        document.body.classList.add('offline');
      }
    } while (again);
    loading = undefined;
    if (session.server) session.me = session.server.me;
    tell();
  })();
  return loading;
}

/** Does something as the acting person. @returns the answer; `error` in it is Slack's word */
export async function act(what, details = {}) {
  try {
    const response = await fetch('/page-api/act', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ as: session.me, do: what, ...details }),
    });
    return await response.json();
  } catch {
    return { error: 'not_reachable', message: 'The workspace does not answer.' };
  }
}

export function follow() {
  const source = new EventSource('/page-api/live');
  source.onmessage = () => refresh();
  source.onerror = () => document.body.classList.add('offline');
  document.addEventListener('visibilitychange', () => refresh());
}

/** Goes somewhere: `{ channelId, threadTs, home }`; kept in the address, so that Back works. */
export function go({ channelId = session.channelId, threadTs = '', home = false }) {
  const hash = home ? '#/home' : `#/${channelId}${threadTs ? `/${threadTs}` : ''}`;
  if (location.hash === hash) readAddress();
  else location.hash = hash;
}

export function readAddress() {
  const [, channelId = '', threadTs = ''] = location.hash.split('/');
  session.home = channelId === 'home';
  if (!session.home && channelId) session.channelId = channelId;
  session.threadTs = session.home ? '' : threadTs;
  refresh();
}

export function actAs(userId) {
  session.me = userId;
  localStorage.setItem('acting-as', userId);
  refresh();
}

// Questions that many parts ask of the state.
export const people = () => session.server?.people ?? [];
export const personOf = (id) => people().find((person) => person.id === id);
export const me = () => personOf(session.me);
export const channelOf = (id) => session.server?.channels.find((channel) => channel.id === id);
export const zone = () => me()?.timeZone ?? 'Etc/UTC';
export const isBot = (id) => id === session.server?.app.botUserId;

/** How a conversation is called: the other person's name for a direct one. */
export function titleOf(channel) {
  if (!channel) return '';
  if (channel.kind === 'channel') return channel.name;
  const others = channel.members.filter((id) => id !== session.me);
  return others.map((id) => personOf(id)?.realName ?? id).join(', ') || 'Just you';
}
