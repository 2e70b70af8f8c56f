import { ErrorCode, LogLevel, WebClient } from '@slack/web-api';
import { createWorkspace, methodNames, type Workspace, type WorkspaceOptions } from '../../src/workspace';
import { pictureReadyMs } from '../../src/workspace/content';
import { appToken, botToken, everyScope, standingClock, town } from './town';

const tried = new Set<string>();
const running: Workspace[] = [];

async function start(options: WorkspaceOptions = town()) {
  const workspace = createWorkspace(options);
  running.push(workspace);
  const { apiUrl, url } = await workspace.start();
  const client = (token?: string) =>
    new WebClient(token, {
      slackApiUrl: apiUrl,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      logger: silent,
    });
  return { workspace, url, apiUrl, client: client(botToken), clientWith: client };
}

/** The client would log the refusals that these tests provoke. */
const silent = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => LogLevel.ERROR,
  setName() {},
};

afterEach(async () => {
  for (const workspace of running.splice(0)) {
    for (const call of workspace.state.calls) if (call.answer.ok === true) tried.add(call.method);
    await workspace.stop();
  }
});

/** The error word, and the scope or lines that came with it. */
async function refusalOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    const data: unknown = error instanceof Error && 'data' in error ? error.data : undefined;
    if (typeof data === 'object' && data !== null && 'error' in data)
      return `${data.error}${'needed' in data ? ` ${data.needed}` : ''}`;
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}

const text = (value: string) => ({ type: 'mrkdwn' as const, text: value });
const section = (value: string) => ({ type: 'section' as const, text: text(value) });

describe('tokens and scopes', () => {
  it('knows its tokens', async () => {
    const { client, clientWith } = await start();
    expect(await client.auth.test()).toMatchObject({ team: 'Acme', user_id: 'UBOT', bot_id: 'BBOT', user: 'pit_crew' });
    expect(await refusalOf(clientWith().auth.test())).toBe('not_authed');
    expect(await refusalOf(clientWith('xoxb-other').auth.test())).toBe('invalid_auth');
    expect(await refusalOf(clientWith(appToken).chat.postMessage({ channel: 'CALERTS', text: 'x' }))).toBe(
      'not_allowed_token_type',
    );
    expect(await refusalOf(client.apps.connections.open())).toBe('not_allowed_token_type');
    expect((await clientWith(appToken).apps.connections.open()).url).toMatch(/^ws:\/\/127\.0\.0\.1/);
    expect(await clientWith().apiCall('api.test', { foo: 'bar' })).toMatchObject({ ok: true, args: { foo: 'bar' } });
  });

  it('names the scope that is missing', async () => {
    const { client } = await start(town({ app: { scopes: ['chat:write', 'channels:read'] } }));
    expect(await refusalOf(client.users.info({ user: 'UDANA' }))).toBe('missing_scope users:read');
    expect(await refusalOf(client.conversations.history({ channel: 'CALERTS' }))).toBe(
      'missing_scope channels:history',
    );
    expect(await refusalOf(client.conversations.list({ types: 'public_channel,private_channel' }))).toBe(
      'missing_scope groups:read',
    );
    expect(await refusalOf(client.conversations.list())).toBe('ok');
    expect(await refusalOf(client.chat.postMessage({ channel: 'CALERTS', text: 'x', username: 'Z' }))).toBe(
      'missing_scope chat:write.customize',
    );
  });

  it('answers a method it lacks with unknown_method, and remembers the call without the token', async () => {
    const { workspace, client, apiUrl } = await start();
    expect(await refusalOf(client.apiCall('stars.add', { channel: 'CALERTS' }))).toBe('unknown_method');
    await fetch(`${apiUrl}auth.test`, { method: 'POST', body: new URLSearchParams({ token: botToken }) });
    expect(workspace.state.calls.map(({ method, answer }) => [method, answer.ok])).toEqual([
      ['stars.add', false],
      ['auth.test', true],
    ]);
    expect(JSON.stringify(workspace.state.calls)).not.toContain(botToken);
  });

  it('reads JSON as it reads forms', async () => {
    const { apiUrl, workspace } = await start();
    const post = (body: string) =>
      fetch(`${apiUrl}chat.postMessage`, {
        method: 'POST',
        headers: { authorization: `Bearer ${botToken}`, 'content-type': 'application/json; charset=utf-8' },
        body,
      }).then((response) => response.json());
    expect(await post(JSON.stringify({ channel: 'CALERTS', blocks: [section('x')], text: 'x' }))).toMatchObject({
      ok: true,
    });
    expect(await post('{')).toEqual({ ok: false, error: 'invalid_json' });
    expect(workspace.state.messages('CALERTS')).toHaveLength(1);
  });
});

describe('messages', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['a channel it does not know', { channel: 'CNONE', text: 'x' }, 'channel_not_found'],
    ['a private channel it has not joined', { channel: 'GSECRET', text: 'x' }, 'channel_not_found'],
    ['a public channel it has not joined', { channel: 'CRANDOM', text: 'x' }, 'not_in_channel'],
    ['an archived channel', { channel: 'COLD', text: 'x' }, 'is_archived'],
    ['nothing to say', { channel: 'CALERTS' }, 'no_text'],
    ['blank text', { channel: 'CALERTS', text: '  ' }, 'no_text'],
    ['no channel', { text: 'x' }, 'invalid_arguments'],
    ['text over 40,000', { channel: 'CALERTS', text: 'x'.repeat(40_001) }, 'msg_too_long'],
    ['markdown beside text', { channel: 'CALERTS', text: 'x', markdown_text: 'x' }, 'markdown_text_conflict'],
    ['blocks that are no list', { channel: 'CALERTS', blocks: '{"type":"section"}' }, 'invalid_blocks_format'],
    ['bad blocks', { channel: 'CALERTS', text: 'x', blocks: [{ type: 'nope' }] }, 'invalid_blocks'],
    [
      'blocks over 13,000 together',
      { channel: 'CALERTS', text: 'x', blocks: [1, 2, 3, 4, 5].map(() => section('x'.repeat(2900))) },
      'msg_blocks_too_long',
    ],
    [
      'two tables',
      {
        channel: 'CALERTS',
        text: 'x',
        blocks: [1, 2].map(() => ({ type: 'table', rows: [[{ type: 'raw_text', text: 'x' }]] })),
      },
      'only_one_table_allowed',
    ],
    [
      '101 attachments',
      { channel: 'CALERTS', attachments: Array.from({ length: 101 }, () => ({ text: 'x' })) },
      'too_many_attachments',
    ],
    [
      'metadata out of shape',
      { channel: 'CALERTS', text: 'x', metadata: { event_type: 'x' } },
      'invalid_metadata_format',
    ],
    [
      'metadata too large',
      { channel: 'CALERTS', text: 'x', metadata: { event_type: 'x', event_payload: { a: 'x'.repeat(9000) } } },
      'metadata_too_large',
    ],
    ['a thread that is not there', { channel: 'CALERTS', text: 'x', thread_ts: '1.000001' }, 'thread_not_found'],
  ])('refuses %s', async (_title, args, word) => {
    const { client, workspace } = await start();
    expect(await refusalOf(client.apiCall('chat.postMessage', args))).toBe(word);
    expect(workspace.state.everything('CALERTS')).toEqual([]);
  });

  it('says where a block is wrong', async () => {
    const { client } = await start();
    const call = client.chat.postMessage({ channel: 'CALERTS', text: 'x', blocks: [section('')] });
    await expect(call).rejects.toMatchObject({
      code: ErrorCode.PlatformError,
      data: {
        response_metadata: {
          messages: ['[ERROR] must be more than 0 characters [json-pointer:/blocks/0/text/text]'],
        },
      },
    });
  });

  it('posts where it may: by name, to a person, and to a public channel with chat:write.public', async () => {
    const { client, workspace } = await start(town({ app: { scopes: [...everyScope, 'chat:write.public'] } }));
    expect(await client.chat.postMessage({ channel: '#data-alerts', text: 'x' })).toMatchObject({ channel: 'CALERTS' });
    expect(await refusalOf(client.chat.postMessage({ channel: 'CRANDOM', text: 'x' }))).toBe('ok');
    const direct = await client.chat.postMessage({ channel: 'UDANA', text: 'psst' });
    expect(workspace.state.direct('UDANA')?.id).toBe(direct.channel);
  });

  it('counts replies on the parent, keeps them out of the channel unless broadcast, and takes none to a reply', async () => {
    const { client, workspace } = await start();
    const parent = await client.chat.postMessage({ channel: 'CALERTS', text: 'parent' });
    const ts = String(parent.ts);
    const reply = await client.chat.postMessage({ channel: 'CALERTS', text: 'reply', thread_ts: ts });
    await client.chat.postMessage({ channel: 'CALERTS', text: 'told all', thread_ts: ts, reply_broadcast: true });
    expect(workspace.state.messages('CALERTS').map((message) => message.text)).toEqual(['parent', 'told all']);
    expect(workspace.state.messages('CALERTS')[0]).toMatchObject({ reply_count: 2, thread_ts: ts });
    const replies = await client.conversations.replies({ channel: 'CALERTS', ts });
    expect(replies.messages?.map((message) => message.text)).toEqual(['parent', 'reply', 'told all']);
    expect(
      await refusalOf(client.chat.postMessage({ channel: 'CALERTS', text: 'x', thread_ts: String(reply.ts) })),
    ).toBe('cannot_reply_to_message');
    await client.chat.delete({ channel: 'CALERTS', ts });
    expect(workspace.state.messages('CALERTS')[0]).toMatchObject({
      subtype: 'tombstone',
      text: 'This message was deleted.',
    });
    expect(await refusalOf(client.chat.delete({ channel: 'CALERTS', ts: '1.2' }))).toBe('message_not_found');
  });

  it('edits its own messages only: blocks left out stay, an empty list removes them', async () => {
    const { client, workspace } = await start();
    const { ts } = await client.chat.postMessage({ channel: 'CALERTS', text: 'a', blocks: [section('a')] });
    const stamp = String(ts);
    await client.chat.update({ channel: 'CALERTS', ts: stamp, text: 'b' });
    expect(workspace.state.messages('CALERTS')[0]).toMatchObject({ text: 'b', edited: { user: 'UBOT' } });
    expect(workspace.state.messages('CALERTS')[0]?.blocks).toHaveLength(1);
    await client.chat.update({ channel: 'CALERTS', ts: stamp, text: 'c', blocks: [] });
    expect(workspace.state.messages('CALERTS')[0]?.blocks).toBeUndefined();
    expect(workspace.state.past('CALERTS', stamp).map((message) => message.text)).toEqual(['a', 'b']);
    const theirs = workspace.as('UDANA').post('CALERTS', 'mine');
    expect(await refusalOf(client.chat.update({ channel: 'CALERTS', ts: theirs.ts, text: 'x' }))).toBe(
      'cant_update_message',
    );
    expect(await refusalOf(client.chat.delete({ channel: 'CALERTS', ts: theirs.ts }))).toBe('cant_delete_message');
    expect(await refusalOf(client.apiCall('chat.update', { channel: 'CALERTS', ts: stamp }))).toBe('no_text');
  });

  it('shows ephemeral messages to one person, who must be in the channel, and never edits them', async () => {
    const { client, workspace } = await start();
    const { message_ts } = await client.chat.postEphemeral({ channel: 'CALERTS', user: 'UDANA', text: 'psst' });
    expect(workspace.state.ephemerals('UDANA')).toMatchObject([{ text: 'psst', ts: message_ts }]);
    expect(workspace.state.everything('CALERTS')).toEqual([]);
    expect(await refusalOf(client.chat.update({ channel: 'CALERTS', ts: String(message_ts), text: 'x' }))).toBe(
      'message_not_found',
    );
    expect(await refusalOf(client.chat.postEphemeral({ channel: 'CALERTS', user: 'UOTTO', text: 'x' }))).toBe(
      'user_not_in_channel',
    );
    expect(await refusalOf(client.chat.postEphemeral({ channel: 'CRANDOM', user: 'UDANA', text: 'x' }))).toBe(
      'not_in_channel',
    );
  });

  it('gives each message its own stamp, even when the clock stands still', async () => {
    const { client } = await start(town({ clock: standingClock() }));
    const posts = await Promise.all(
      [1, 2, 3].map((n) => client.chat.postMessage({ channel: 'CALERTS', text: `${n}` })),
    );
    expect(posts.map(({ ts }) => ts).sort()).toEqual(['1795510800.000000', '1795510800.000001', '1795510800.000002']);
  });

  it('links to a message, and schedules, lists and takes back', async () => {
    const clock = standingClock();
    const { client, workspace } = await start(town({ clock }));
    const now = Math.floor(clock.now().getTime() / 1000);
    const { ts } = await client.chat.postMessage({ channel: 'CALERTS', text: 'x' });
    const link = await client.chat.getPermalink({ channel: 'CALERTS', message_ts: String(ts) });
    expect(link.permalink).toContain('/archives/CALERTS/p1795510800000000');
    const schedule = (post_at: number, more = {}) =>
      client.chat.scheduleMessage({ channel: 'CALERTS', text: 'later', post_at, ...more });
    expect(await refusalOf(schedule(now - 1))).toBe('time_in_past');
    expect(await refusalOf(schedule(now + 121 * 86_400))).toBe('time_too_far');
    const later = await schedule(now + 60);
    await schedule(now + 60, { metadata: { event_type: 'x', event_payload: {} } });
    const taken = await schedule(now + 60);
    await client.chat.deleteScheduledMessage({
      channel: 'CALERTS',
      scheduled_message_id: String(taken.scheduled_message_id),
    });
    expect((await client.chat.scheduledMessages.list()).scheduled_messages?.map(({ id }) => id)).toContain(
      later.scheduled_message_id,
    );
    clock.advance(61_000);
    await workspace.until(() => workspace.state.messages('CALERTS').length === 2);
    // With metadata a scheduled message never comes.
    expect((await client.chat.scheduledMessages.list()).scheduled_messages).toEqual([]);
  });

  it('unfurls a link that somebody posted, by its exact address only', async () => {
    const { client, workspace } = await start();
    const message = workspace
      .as('UDANA')
      .post('CALERTS', 'see <https://runs.example/7?a=1&amp;b=2> and https://other.example/');
    const delivery = await workspace.until(() => workspace.state.deliveries.find(({ type }) => type === 'link_shared'));
    expect(delivery.payload.event).toMatchObject({
      links: [{ url: 'https://runs.example/7?a=1&b=2', domain: 'runs.example' }],
    });
    const unfurl = (url: string) =>
      client.chat.unfurl({ channel: 'CALERTS', ts: message.ts, unfurls: { [url]: { blocks: [section('Run 7')] } } });
    expect(await refusalOf(unfurl('https://runs.example/7'))).toBe('cannot_unfurl_url');
    await unfurl('https://runs.example/7?a=1&b=2');
    expect(message.attachments).toMatchObject([{ from_url: 'https://runs.example/7?a=1&b=2', is_app_unfurl: true }]);
  });

  it('checks blocks without posting them', async () => {
    const { client } = await start();
    expect(await client.blocks.validate({ blocks: [section('x')] })).toMatchObject({ ok: true });
    const call = client.blocks.validate({ view: { type: 'home', blocks: [section('')] } });
    await expect(call).rejects.toMatchObject({
      data: { errors: [{ pointer: '/view/blocks/0/text/text', code: 'too_short' }] },
    });
    expect(await refusalOf(client.apiCall('blocks.validate', { blocks: [], view: {} }))).toBe('invalid_arguments');
  });
});

describe('conversations', () => {
  it('pages with cursors', async () => {
    const { client } = await start();
    const first = await client.conversations.list({
      limit: 1,
      types: 'public_channel,private_channel',
      exclude_archived: true,
    });
    expect(first.channels?.map(({ id }) => id)).toEqual(['CALERTS']);
    const rest = await client.conversations.list({
      limit: 10,
      types: 'public_channel,private_channel',
      exclude_archived: true,
      cursor: String(first.response_metadata?.next_cursor),
    });
    // A private channel that the bot has not joined is not there at all.
    expect(rest.channels?.map(({ id }) => id)).toEqual(['CRANDOM', 'GCREW']);
    expect(rest.response_metadata?.next_cursor).toBe('');
    expect(await refusalOf(client.conversations.list({ cursor: 'nonsense' }))).toBe('invalid_cursor');
    expect(await refusalOf(client.conversations.list({ limit: 1001 }))).toBe('invalid_limit');
    expect((await client.users.conversations({ user: 'UDANA' })).channels?.map(({ id }) => id)).toEqual([
      'CALERTS',
      'CRANDOM',
      'COLD',
    ]);
  });

  it('tells of a channel and its members, and hides private ones', async () => {
    const { client } = await start();
    expect((await client.conversations.info({ channel: 'CALERTS' })).channel).toMatchObject({
      name: 'data-alerts',
      is_member: true,
    });
    expect((await client.conversations.members({ channel: 'CALERTS' })).members).toEqual([
      'UDANA',
      'UPRIYA',
      'UGUS',
      'UBOT',
    ]);
    expect(await refusalOf(client.conversations.info({ channel: 'GSECRET' }))).toBe('channel_not_found');
  });

  it('reads history only where it is a member, newest first, between two stamps, with metadata on demand', async () => {
    const { client } = await start();
    const metadata = { event_type: 'post', event_payload: { id: '7' } };
    const stamps: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      const { ts } = await client.chat.postMessage({ channel: 'CALERTS', text: name, metadata });
      stamps.push(String(ts));
    }
    const texts = async (args: object) =>
      (await client.conversations.history({ channel: 'CALERTS', ...args })).messages?.map((message) => message.text);
    expect(await texts({})).toEqual(['c', 'b', 'a']);
    expect(await texts({ oldest: stamps[0], latest: stamps[2] })).toEqual(['b']);
    expect(await texts({ oldest: stamps[0], latest: stamps[2], inclusive: true })).toEqual(['c', 'b', 'a']);
    const page = await client.conversations.history({ channel: 'CALERTS', limit: 2 });
    expect(page.has_more).toBe(true);
    expect(await texts({ limit: 2, cursor: page.response_metadata?.next_cursor })).toEqual(['a']);
    expect(page.messages?.[0]).not.toHaveProperty('metadata');
    const full = await client.conversations.history({ channel: 'CALERTS', limit: 1, include_all_metadata: true });
    expect(full.messages?.[0]).toMatchObject({ metadata });
    expect(await refusalOf(client.conversations.history({ channel: 'CRANDOM' }))).toBe('not_in_channel');
    expect(await refusalOf(client.conversations.replies({ channel: 'CALERTS', ts: '1.0' }))).toBe('thread_not_found');
  });

  it('joins, makes, fills and opens conversations', async () => {
    const { client, workspace } = await start();
    expect(await client.conversations.join({ channel: 'CRANDOM' })).toMatchObject({ channel: { is_member: true } });
    expect(await refusalOf(client.conversations.join({ channel: 'GCREW' }))).toBe(
      'method_not_supported_for_channel_type',
    );
    const made = await client.conversations.create({ name: 'incident-7' });
    expect(await refusalOf(client.conversations.create({ name: 'Incident 7' }))).toBe('invalid_name_specials');
    expect(await refusalOf(client.conversations.create({ name: 'incident-7' }))).toBe('name_taken');
    const channel = String(made.channel?.id);
    await client.conversations.invite({ channel, users: 'UDANA,UPRIYA' });
    expect(workspace.state.channels.get(channel)?.members).toEqual(['UBOT', 'UDANA', 'UPRIYA']);
    expect(await refusalOf(client.conversations.invite({ channel, users: 'UDANA' }))).toBe('already_in_channel');
    const direct = await client.conversations.open({ users: 'UDANA' });
    expect(await client.conversations.open({ users: 'UDANA' })).toMatchObject({
      already_open: true,
      channel: { id: direct.channel?.id },
    });
    expect(await refusalOf(client.conversations.open({ users: 'UOTTO' }))).toBe('user_disabled');
  });
});

describe('people', () => {
  it('are told with zone, role and address', async () => {
    const { client } = await start();
    expect((await client.users.info({ user: 'UGUS' })).user).toMatchObject({
      is_restricted: true,
      tz: 'Etc/UTC',
      profile: { email: 'gus@guest.example' },
    });
    expect((await client.users.list({})).members?.map(({ id, deleted }) => [id, deleted])).toEqual([
      ['UBOT', false],
      ['UDANA', false],
      ['UPRIYA', false],
      ['UGUS', false],
      ['UOTTO', true],
    ]);
    expect((await client.users.lookupByEmail({ email: 'DANA@acme.example' })).user?.id).toBe('UDANA');
    expect(await refusalOf(client.users.lookupByEmail({ email: 'otto@acme.example' }))).toBe('users_not_found');
    expect((await client.users.profile.get({ user: 'UDANA' })).profile?.real_name).toBe('Dana Diaz');
    expect((await client.usergroups.list({ include_users: true })).usergroups).toMatchObject([
      { handle: 'orders-team', users: ['UDANA', 'UPRIYA'] },
    ]);
    expect((await client.usergroups.users.list({ usergroup: 'SORDERS' })).users).toEqual(['UDANA', 'UPRIYA']);
    expect(await refusalOf(client.usergroups.users.list({ usergroup: 'SNONE' }))).toBe('no_such_subteam');
    expect((await client.team.info()).team?.name).toBe('Acme');
    expect((await client.bots.info({ bot: 'BBOT' })).bot?.user_id).toBe('UBOT');
    expect((await client.emoji.list()).emoji).toEqual({});
  });

  it('keep their addresses to themselves without users:read.email', async () => {
    const { client } = await start(town({ app: { scopes: ['users:read'] } }));
    expect((await client.users.info({ user: 'UDANA' })).user?.profile?.email).toBeUndefined();
  });
});

describe('views', () => {
  const modal = (more: object = {}) => ({
    type: 'modal' as const,
    title: { type: 'plain_text' as const, text: 'T' },
    blocks: [section('x')],
    ...more,
  });

  async function withTriggers() {
    const clock = standingClock();
    const started = await start(town({ clock, ackDeadlineMs: 50 }));
    // Nobody listens here, so the press of a shortcut fails; its trigger is good all the same.
    const trigger = async () => (await started.workspace.as('UDANA').shortcut('any')).triggerId;
    return { ...started, clock, trigger };
  }

  it('opens once within three seconds of a press', async () => {
    const { client, clock, trigger } = await withTriggers();
    const id = await trigger();
    await client.views.open({ trigger_id: id, view: modal() });
    expect(await refusalOf(client.views.open({ trigger_id: id, view: modal() }))).toBe('exchanged_trigger_id');
    const late = await trigger();
    clock.advance(3001);
    expect(await refusalOf(client.views.open({ trigger_id: late, view: modal() }))).toBe('expired_trigger_id');
    expect(await refusalOf(client.views.open({ trigger_id: '1.2.3', view: modal() }))).toBe('invalid_trigger_id');
    expect(
      await refusalOf(client.views.open({ trigger_id: await trigger(), view: modal({ blocks: [section('')] }) })),
    ).toBe('invalid_arguments');
    expect(
      await refusalOf(
        client.views.open({
          trigger_id: await trigger(),
          view: modal({ private_metadata: 'x', blocks: Array.from({ length: 100 }, () => section('x'.repeat(3000))) }),
        }),
      ),
    ).toBe('view_too_large');
  });

  it('stacks three at most, and guards updates by hash and external id', async () => {
    const { client, trigger, workspace } = await withTriggers();
    const first = await client.views.open({ trigger_id: await trigger(), view: modal({ external_id: 'one' }) });
    await client.views.push({ trigger_id: await trigger(), view: modal() });
    await client.views.push({ trigger_id: await trigger(), view: modal() });
    expect(await refusalOf(client.views.push({ trigger_id: await trigger(), view: modal() }))).toBe(
      'push_limit_reached',
    );
    expect(workspace.state.views('UDANA')).toHaveLength(3);
    const updated = await client.views.update({
      external_id: 'one',
      view: modal({ external_id: 'one' }),
      hash: String(first.view?.hash),
    });
    expect(
      await refusalOf(
        client.views.update({ view_id: String(first.view?.id), view: modal(), hash: String(first.view?.hash) }),
      ),
    ).toBe('hash_conflict');
    await client.views.update({
      view_id: String(first.view?.id),
      view: modal({ external_id: 'one' }),
      hash: String(updated.view?.hash),
    });
    expect(await refusalOf(client.views.update({ view_id: 'VNONE', view: modal() }))).toBe('not_found');
    expect(
      await refusalOf(
        client.views.publish({ user_id: 'UDANA', view: { type: 'home', external_id: 'one', blocks: [] } }),
      ),
    ).toBe('duplicate_external_id');
    expect(await refusalOf(client.apiCall('views.publish', { user_id: 'UDANA', view: modal() }))).toBe(
      'invalid_arguments',
    );
  });

  it('publishes a Home tab for one person', async () => {
    const { client, workspace } = await start();
    const { view } = await client.views.publish({ user_id: 'UDANA', view: { type: 'home', blocks: [section('x')] } });
    expect(workspace.state.homes.get('UDANA')?.id).toBe(view?.id);
    expect(
      await refusalOf(client.views.publish({ user_id: 'UDANA', hash: 'old', view: { type: 'home', blocks: [] } })),
    ).toBe('hash_conflict');
    expect(await refusalOf(client.views.publish({ user_id: 'UNONE', view: { type: 'home', blocks: [] } }))).toBe(
      'user_not_found',
    );
  });
});

describe('files, reactions, pins and bookmarks', () => {
  it('takes a file in three steps, and shares it when its link is posted', async () => {
    const { client, workspace } = await start();
    const ask = await client.files.getUploadURLExternal({ filename: 'run.log', length: 5 });
    const id = String(ask.file_id);
    expect(await refusalOf(client.files.completeUploadExternal({ files: [{ id }] }))).toBe('file_not_found');
    const put = (body: string) => fetch(String(ask.upload_url), { method: 'POST', body });
    expect((await put('four')).status).toBe(400);
    expect((await put('error')).status).toBe(200);
    await client.files.completeUploadExternal({ files: [{ id, title: 'Log of run 7' }] });
    const { file } = await client.files.info({ file: id });
    expect(file).toMatchObject({ title: 'Log of run 7', size: 5, channels: [] });
    await client.chat.postMessage({ channel: 'CALERTS', text: `<${file?.permalink}|log>` });
    expect(workspace.state.messages('CALERTS')[0]?.files).toMatchObject([{ id }]);
    expect((await client.files.info({ file: id })).file?.channels).toEqual(['CALERTS']);
    expect(await (await fetch(String(file?.url_private))).text()).toBe('error');
    await client.files.delete({ file: id });
    expect(await refusalOf(client.files.info({ file: id }))).toBe('file_not_found');
  });

  it('shows a picture in blocks once Slack has made it ready, and refuses it before', async () => {
    const clock = standingClock();
    const { client } = await start(town({ clock }));
    const ask = await client.files.getUploadURLExternal({ filename: 'graph.png', length: 5 });
    const id = String(ask.file_id);
    await fetch(String(ask.upload_url), { method: 'POST', body: '12345' });
    const image = { type: 'image' as const, slack_file: { id }, alt_text: 'a graph' };
    const show = () => client.chat.postMessage({ channel: 'CALERTS', text: 'graph', blocks: [image] });
    expect(await refusalOf(show())).toBe('invalid_blocks');
    await client.files.completeUploadExternal({ files: [{ id }] });
    expect(await refusalOf(show())).toBe('invalid_blocks');
    clock.advance(pictureReadyMs);
    expect((await show()).ok).toBe(true);
  });

  it('works with the uploader of the client library', async () => {
    const { client, workspace } = await start();
    await client.files.uploadV2({
      channel_id: 'CALERTS',
      initial_comment: 'the log',
      filename: 'a.txt',
      content: 'hello',
    });
    expect(workspace.state.messages('CALERTS')[0]).toMatchObject({ text: 'the log', files: [{ name: 'a.txt' }] });
  });

  it('reacts, once each', async () => {
    const { client, workspace } = await start();
    const { ts } = workspace.as('UDANA').post('CALERTS', 'help');
    const on = { channel: 'CALERTS', timestamp: ts };
    await client.reactions.add({ ...on, name: 'eyes' });
    workspace.as('UDANA').react('CALERTS', ts, 'eyes');
    expect(await refusalOf(client.reactions.add({ ...on, name: 'eyes' }))).toBe('already_reacted');
    expect((await client.reactions.get(on)).message?.reactions).toEqual([
      { name: 'eyes', users: ['UBOT', 'UDANA'], count: 2 },
    ]);
    await client.reactions.remove({ ...on, name: 'eyes' });
    expect(await refusalOf(client.reactions.remove({ ...on, name: 'eyes' }))).toBe('no_reaction');
    expect(await refusalOf(client.reactions.add({ ...on, name: 'no emoji' }))).toBe('invalid_name');
    await client.pins.add(on);
    expect(await refusalOf(client.pins.add(on))).toBe('already_pinned');
    await client.bookmarks.add({
      channel_id: 'CALERTS',
      title: 'Runbook',
      type: 'link',
      link: 'https://runs.example/book',
    });
    expect(workspace.state.channels.get('CALERTS')?.bookmarks).toMatchObject([{ title: 'Runbook' }]);
  });
});

describe('rate limits', () => {
  it('takes a short burst in one channel, then one message a second', async () => {
    const clock = standingClock();
    const { client } = await start(town({ clock, budgets: 'slack' }));
    const post = (channel = 'CALERTS') => refusalOf(client.chat.postMessage({ channel, text: 'x' }));
    for (let n = 0; n < 5; n += 1) expect(await post()).toBe('ok');
    expect(await post()).toBe(ErrorCode.RateLimitedError);
    expect(await post('GCREW')).toBe('ok');
    clock.advance(1000);
    expect(await post()).toBe('ok');
    expect(await post('#data-alerts')).toBe(ErrorCode.RateLimitedError);
  });

  it('takes fifty edits a minute and says how long to wait', async () => {
    const clock = standingClock();
    const { client, apiUrl } = await start(town({ clock, budgets: 'slack' }));
    const { ts } = await client.chat.postMessage({ channel: 'CALERTS', text: 'x' });
    const edit = () => client.chat.update({ channel: 'CALERTS', ts: String(ts), text: 'y' });
    for (let n = 0; n < 50; n += 1) await edit();
    clock.advance(20_000);
    const refused = await fetch(`${apiUrl}chat.update`, {
      method: 'POST',
      headers: { authorization: `Bearer ${botToken}` },
    });
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('40');
    expect(await refused.json()).toEqual({ ok: false, error: 'ratelimited' });
    clock.advance(40_000);
    expect(await refusalOf(edit())).toBe('ok');
  });

  it('can be given other numbers', async () => {
    const { client } = await start(
      town({ clock: standingClock(), budgets: { postsPerMinute: 2, perMinute: { 'auth.test': 1 } } }),
    );
    expect(await refusalOf(client.auth.test())).toBe('ok');
    expect(await refusalOf(client.auth.test())).toBe(ErrorCode.RateLimitedError);
    for (const expected of ['ok', 'ok', ErrorCode.RateLimitedError])
      expect(await refusalOf(client.chat.postMessage({ channel: 'CALERTS', text: 'x' }))).toBe(expected);
  });
});

describe('faults', () => {
  it('come in the way of the next matching call only', async () => {
    const { client, workspace } = await start();
    const post = () => refusalOf(client.chat.postMessage({ channel: 'CALERTS', text: 'x' }));
    const count = () => workspace.state.messages('CALERTS').length;
    workspace.faults.next({ method: 'chat.postMessage' }, 'drop-answer');
    await client.auth.test();
    expect(await post()).toBe(ErrorCode.RequestError);
    expect(count()).toBe(1);
    workspace.faults.next({ method: 'chat.postMessage' }, 'close');
    expect(await post()).toBe(ErrorCode.RequestError);
    workspace.faults.next({}, '5xx');
    expect(await post()).toBe(ErrorCode.HTTPError);
    workspace.faults.next({ channel: 'CALERTS' }, '429', { retryAfterSeconds: 7 });
    expect(await post()).toBe(ErrorCode.RateLimitedError);
    workspace.faults.refuse('restricted_action', { method: 'chat.postMessage' });
    expect(await post()).toBe('restricted_action');
    expect(count()).toBe(1);
    workspace.faults.next({}, 'delay', { delayMs: 30 });
    const startedMs = performance.now();
    expect(await post()).toBe('ok');
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(25);
    workspace.faults.next({}, '5xx', { times: 9 });
    workspace.faults.clear();
    expect(await post()).toBe('ok');
    expect(workspace.state.calls.map(({ fault }) => fault).filter(Boolean)).toEqual([
      'drop-answer',
      'close',
      '5xx',
      '429',
      'refuse',
      'delay',
    ]);
  });
});

describe('the list of methods', () => {
  it('equals the methods that the tests above have seen succeed', () => {
    expect([...tried].sort()).toEqual(methodNames);
  });
});
