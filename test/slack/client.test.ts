import { createServer, type RequestListener, type Server } from 'node:http';
import { Failure } from '../../src/domain/failure';
import { createLogger } from '../../src/lib/logger';
import { createSlackClient, type SlackClient } from '../../src/slack/client';
import { createWorkspace, type Workspace } from '../../src/workspace';
import { botToken, town } from '../workspace/town';

const log = createLogger('silent');
const message = { text: 'orders_daily failed', blocks: [] };

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Failure)) throw new Error(`expected a Failure, got ${String(error)}`);
  return error;
}

describe('the Slack client', () => {
  let workspace: Workspace;
  let slack: SlackClient;
  let apiUrl: string;
  beforeAll(async () => {
    workspace = createWorkspace(town());
    ({ apiUrl } = await workspace.start());
    slack = createSlackClient({ token: botToken, apiUrl, log });
  });
  afterEach(() => workspace.faults.clear());
  afterAll(() => workspace.stop());

  it('posts with the id of our post in the metadata, without unfurling', async () => {
    const { ts, channelId } = await slack.postMessage({ ...message, channel: 'CALERTS', postId: 'p1' });
    const [call] = workspace.state.calls.filter((each) => each.method === 'chat.postMessage').slice(-1);
    expect(channelId).toBe('CALERTS');
    expect(workspace.state.messages('CALERTS').find((each) => each.ts === ts)?.metadata).toEqual({
      event_type: 'pitcrew_post',
      event_payload: { post_id: 'p1' },
    });
    expect(JSON.stringify(call)).toMatch(/unfurl_links/);
  });

  it('replies in a thread, and finds parent and reply again by their post ids', async () => {
    const oldest = new Date(Date.now() - 5_000);
    const parent = await slack.postMessage({ ...message, channel: 'CALERTS', postId: 'parent' });
    const reply = await slack.postMessage({ ...message, channel: 'CALERTS', threadTs: parent.ts, postId: 'reply' });
    const where = { channel: 'CALERTS', oldest };
    expect(await slack.findPost({ ...where, postId: 'parent' })).toEqual(parent);
    expect(await slack.findPost({ ...where, threadTs: parent.ts, postId: 'reply' })).toEqual(reply);
    expect(await slack.findPost({ ...where, postId: 'other' })).toBeUndefined();
  });

  it('edits a message and drops its blocks when there are none', async () => {
    const posted = await slack.postMessage({
      text: 'with blocks',
      blocks: [{ type: 'divider' }],
      channel: 'CALERTS',
      postId: 'p2',
    });
    await slack.updateMessage({ text: 'edited', blocks: [], channel: 'CALERTS', ts: posted.ts });
    const shown = workspace.state.messages('CALERTS').find((each) => each.ts === posted.ts);
    expect(shown?.text).toBe('edited');
    expect(shown?.blocks ?? []).toEqual([]);
  });

  it.each([
    { title: 'a lost answer to a post', fault: 'drop-answer', kind: 'unsure' },
    { title: 'a cut connection before a post took effect', fault: 'close', kind: 'unsure' },
    { title: 'a fault of the server on a post', fault: '5xx', kind: 'unsure' },
  ] as const)('is unsure after $title', async ({ fault, kind }) => {
    workspace.faults.next({ method: 'chat.postMessage' }, fault);
    const failure = await failureOf(slack.postMessage({ ...message, channel: 'CALERTS', postId: 'p3' }));
    expect(failure.kind).toBe(kind);
  });

  it.each(['drop-answer', 'close', '5xx'] as const)(
    'calls an edit or a read that met %s unavailable',
    async (fault) => {
      const { ts } = await slack.postMessage({ ...message, channel: 'CALERTS', postId: `e-${fault}` });
      workspace.faults.next({ method: 'chat.update' }, fault);
      workspace.faults.next({ method: 'users.info' }, fault);
      expect((await failureOf(slack.updateMessage({ ...message, channel: 'CALERTS', ts }))).kind).toBe('unavailable');
      expect((await failureOf(slack.userInfo('UDANA'))).kind).toBe('unavailable');
    },
  );

  it('tries once only', async () => {
    const before = workspace.state.calls.filter((each) => each.method === 'users.info').length;
    workspace.faults.next({ method: 'users.info' }, '5xx', { times: 3 });
    await failureOf(slack.userInfo('UDANA'));
    expect(workspace.state.calls.filter((each) => each.method === 'users.info').length - before).toBe(1);
  });

  it('hands on how long Slack wants to be left alone', async () => {
    workspace.faults.next({ method: 'chat.postMessage' }, '429', { retryAfterSeconds: 7 });
    const failure = await failureOf(slack.postMessage({ ...message, channel: 'CALERTS', postId: 'p4' }));
    expect(failure).toMatchObject({ kind: 'rate-limited', retryAfterMs: 7_000 });
  });

  it('goes on with a listing after the wait that Slack asked for', async () => {
    workspace.faults.next({ method: 'conversations.list' }, '429', { retryAfterSeconds: 0 });
    const channels = [];
    for await (const channel of slack.listChannels()) channels.push(channel);
    expect(channels).toContainEqual({
      id: 'CALERTS',
      name: 'data-alerts',
      isPrivate: false,
      isArchived: false,
      isMember: true,
    });
    expect(channels.find(({ id }) => id === 'COLD')?.isArchived).toBe(true);
  });

  it.each([
    { title: 'an unknown channel', channel: 'CNOWHERE', detail: 'channel_not_found' },
    { title: 'an archived channel', channel: 'COLD', detail: 'is_archived' },
  ])('calls $title rejected, in Slack’s own word', async ({ channel, detail }) => {
    const failure = await failureOf(slack.postMessage({ ...message, channel, postId: 'p5' }));
    expect(failure).toMatchObject({ kind: 'rejected', detail });
  });

  it('says which block Slack refused', async () => {
    const blocks = [{ type: 'header' as const, text: { type: 'plain_text' as const, text: 'x'.repeat(151) } }];
    const failure = await failureOf(slack.postMessage({ text: 'too long', blocks, channel: 'CALERTS', postId: 'p6' }));
    expect(failure.kind).toBe('rejected');
    expect(failure.detail).toMatch(/^invalid_blocks/);
  });

  it.each([
    { word: 'missing_scope', kind: 'not-allowed' },
    { word: 'token_revoked', kind: 'not-allowed' },
    { word: 'fatal_error', kind: 'unsure' },
    { word: 'service_unavailable', kind: 'unavailable' },
    { word: 'restricted_action', kind: 'rejected' },
    { word: 'ratelimited', kind: 'rate-limited' },
  ])('reads $word on a post as $kind', async ({ word, kind }) => {
    workspace.faults.refuse(word, { method: 'chat.postMessage' });
    const failure = await failureOf(slack.postMessage({ ...message, channel: 'CALERTS', postId: 'p7' }));
    expect(failure.kind).toBe(kind);
    expect(failure.detail ?? '').toMatch(new RegExp(`^${word}`));
  });

  it('cannot read the history of a channel that it has not joined, and says so', async () => {
    const failure = await failureOf(slack.findPost({ channel: 'CRANDOM', oldest: new Date(0), postId: 'p1' }));
    expect(failure).toMatchObject({ kind: 'rejected', detail: 'not_in_channel' });
  });

  it.each([
    { id: 'UDANA', expected: { name: 'dana', email: 'dana@acme.example', timeZone: 'Europe/Berlin', isGuest: false } },
    { id: 'UGUS', expected: { isGuest: true } },
    { id: 'UOTTO', expected: { isDeactivated: true } },
    { id: 'UBOT', expected: { isBot: true } },
  ])('knows $id', async ({ id, expected }) => {
    expect(await slack.userInfo(id)).toMatchObject(expected);
  });

  it('finds a person by an address, whatever its capitals, and nobody by one that is not theirs', async () => {
    await expect(slack.userByEmail('DANA@acme.example')).resolves.toMatchObject({ slackId: 'UDANA', name: 'dana' });
    await expect(slack.userByEmail('nobody@acme.example')).resolves.toBeUndefined();
  });

  it('knows nobody of an unknown id', async () => {
    expect(await slack.userInfo('UNOBODY')).toBeUndefined();
  });

  it('lists the members of a user group', async () => {
    expect(await slack.listGroupMembers('SORDERS')).toEqual(['UDANA', 'UPRIYA']);
  });

  it('lists all user groups with their members in one call', async () => {
    expect(await slack.listGroups()).toEqual([{ id: 'SORDERS', handle: 'orders-team', members: ['UDANA', 'UPRIYA'] }]);
  });

  it('knows who it is there and what it may do', async () => {
    const me = await slack.authTest();
    expect(me).toMatchObject({ teamId: 'T1', userId: 'UBOT' });
    expect(me.scopes).toContain('chat:write');
  });

  it('uploads a file unshared, and a post that names it shows it', async () => {
    const { fileId, permalink } = await slack.uploadFile({ name: 'log.txt', title: 'Log', content: 'línea 1\nline 2' });
    expect(workspace.state.files.get(fileId)).toBeDefined();
    expect(permalink).toMatch(/^http/);
  });

  it('opens a direct conversation and links to a message', async () => {
    const dm = await slack.openDm('UDANA');
    const { ts } = await slack.postMessage({ ...message, channel: dm, postId: 'dm' });
    expect(await slack.permalink(dm, ts)).toMatch(/^http/);
  });

  it('speaks to one person in a channel', async () => {
    await slack.postEphemeral({ text: 'For you alone.', blocks: [], channel: 'CALERTS', user: 'UDANA' });
    expect(workspace.state.ephemerals('UDANA').at(-1)?.text).toBe('For you alone.');
  });
});

describe('the Slack client before something that is not Slack', () => {
  let server: Server | undefined;
  afterEach(() => new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve())));

  async function facing(listener: RequestListener, timeoutMs?: number): Promise<SlackClient> {
    const listening = createServer(listener);
    server = listening;
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    const address = listening.address();
    if (typeof address !== 'object' || address === null) throw new Error('no port');
    return createSlackClient({ token: botToken, apiUrl: `http://127.0.0.1:${address.port}/api/`, log, timeoutMs });
  }
  const post = (slack: SlackClient) => slack.postMessage({ ...message, channel: 'C1', postId: 'p' });

  it('takes an answer that is no JSON for no answer, and never shows it', async () => {
    const slack = await facing((_request, response) => response.end('<html>Log in to the proxy</html>'));
    expect(await failureOf(post(slack))).toMatchObject({ kind: 'unsure', detail: 'not an answer of Slack' });
    expect((await failureOf(slack.userInfo('U1'))).kind).toBe('bad-response');
  });

  it('goes nowhere else with a token, whatever the answer says', async () => {
    const asked: string[] = [];
    const slack = await facing((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect((await failureOf(post(slack))).kind).toBe('unsure');
    expect((await failureOf(slack.userInfo('U1'))).kind).toBe('unavailable');
    expect(asked).toEqual(['/api/chat.postMessage', '/api/users.info']);
  });

  it('is unsure when a post was taken but its stamp is missing', async () => {
    const slack = await facing((_request, response) => response.end('{"ok":true}'));
    expect((await failureOf(post(slack))).kind).toBe('unsure');
  });

  it('waits no longer than its time limit', async () => {
    const slack = await facing(() => undefined, 100);
    expect(await failureOf(post(slack))).toMatchObject({ kind: 'unsure', detail: expect.stringMatching(/timeout/i) });
    expect((await failureOf(slack.userInfo('U1'))).kind).toBe('unavailable');
    server?.closeAllConnections();
  });

  it('waits no longer for an answer that begins and does not end', async () => {
    const slack = await facing((_request, response) => void response.writeHead(200).write('{"ok":'), 100);
    expect(await failureOf(post(slack))).toMatchObject({ kind: 'unsure', detail: expect.stringMatching(/timeout/i) });
    server?.closeAllConnections();
  });

  it('waits half a minute when Slack says "slow down" without saying how long', async () => {
    const slack = await facing((_request, response) => response.writeHead(429).end());
    expect(await failureOf(post(slack))).toMatchObject({ kind: 'rate-limited', retryAfterMs: 30_000 });
  });

  it('knows that nothing was posted when no connection was made', async () => {
    const slack = await facing(() => undefined);
    await new Promise((resolve) => server?.close(resolve));
    server = undefined;
    expect(await failureOf(post(slack))).toMatchObject({ kind: 'unavailable', detail: 'ECONNREFUSED' });
  });

  it('never lets a token out in what it says', async () => {
    const body = JSON.stringify({
      ok: false,
      error: 'invalid_arguments',
      response_metadata: { messages: [`[ERROR] bad value ${botToken}`] },
    });
    const slack = await facing((_request, response) => response.end(body));
    const failure = await failureOf(post(slack));
    expect(failure.detail).toMatch(/^invalid_arguments: /);
    expect(failure.detail).not.toContain(botToken);
  });

  it('answers a press by its address, and names an expired one', async () => {
    let body = '';
    const slack = await facing((request, response) => {
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => response.writeHead(request.url === '/gone' ? 404 : 200).end('ok'));
    });
    const address = server?.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await slack.respond(`http://127.0.0.1:${port}/here`, { text: 'Done.', blocks: [] });
    expect(JSON.parse(body)).toMatchObject({ text: 'Done.', response_type: 'ephemeral', replace_original: false });
    const failure = await failureOf(slack.respond(`http://127.0.0.1:${port}/gone`, { text: 'Done.', blocks: [] }));
    expect(failure).toMatchObject({ kind: 'rejected', detail: 'HTTP 404' });
  });

  describe('behind a proxy', () => {
    const before = process.env.HTTP_PROXY;
    afterEach(() => {
      if (before === undefined) delete process.env.HTTP_PROXY;
      else process.env.HTTP_PROXY = before;
    });

    it('goes through the one that the environment names', async () => {
      const asked: string[] = [];
      const proxy = createServer((request, response) => {
        asked.push(request.url ?? '');
        response.end('{"ok":true,"channel":"C1","ts":"1.1"}');
      });
      proxy.on('connect', (request, socket) => {
        asked.push(request.url ?? '');
        socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        proxy.emit('connection', socket);
      });
      server = proxy;
      await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
      const address = proxy.address();
      process.env.HTTP_PROXY = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
      const slack = createSlackClient({ token: botToken, apiUrl: 'http://slack.test/api/', log });
      expect(await post(slack)).toEqual({ ts: '1.1', channelId: 'C1' });
      expect(asked.join(' ')).toContain('slack.test');
      proxy.closeAllConnections();
    });
  });
});
