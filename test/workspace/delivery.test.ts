import { createHmac } from 'node:crypto';
import http from 'node:http';
import { WebClient } from '@slack/web-api';
import WebSocket from 'ws';
import { createWorkspace, type Workspace, type WorkspaceOptions } from '../../src/workspace';
import { appToken, signingSecret, standingClock, town } from './town';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(options: WorkspaceOptions): Promise<{ workspace: Workspace; apiUrl: string }> {
  const workspace = createWorkspace(options);
  cleanups.push(() => workspace.stop());
  const { apiUrl } = await workspace.start();
  return { workspace, apiUrl };
}

type Envelope = Record<string, unknown> & { envelope_id?: string; type?: string };

/** A bare Socket Mode client: what it received, and acknowledgement by hand. */
async function connect(apiUrl: string) {
  const { url } = await new WebClient(appToken, { slackApiUrl: apiUrl }).apps.connections.open();
  const socket = new WebSocket(String(url));
  cleanups.push(() => socket.terminate());
  const received: Envelope[] = [];
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  socket.on('message', (data: Buffer) => received.push(JSON.parse(data.toString())));
  await new Promise((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('error', reject);
  });
  return {
    url: String(url),
    socket,
    received,
    closed,
    envelopes: () => received.filter((frame) => frame.envelope_id !== undefined),
    ack: (envelope: Envelope, payload?: unknown) =>
      socket.send(JSON.stringify({ envelope_id: envelope.envelope_id, ...(payload === undefined ? {} : { payload }) })),
  };
}

/** An app's request address that answers as told; it keeps what it got. */
async function listenHttp(
  answer: (call: { body: string; n: number }) => {
    status?: number;
    body?: string;
    headers?: Record<string, string>;
    hang?: boolean;
  },
) {
  const calls: { body: string; headers: http.IncomingHttpHeaders }[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      calls.push({ body, headers: request.headers });
      const { status = 200, body: text = '', headers = {}, hang } = answer({ body, n: calls.length });
      if (!hang) response.writeHead(status, headers).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}/slack/events`, calls };
}

describe('Socket Mode', () => {
  it('says hello, opens each address once and takes ten connections', async () => {
    const { workspace, apiUrl } = await start(town());
    const first = await connect(apiUrl);
    await workspace.until(() => first.received.length === 1);
    expect(first.received[0]).toMatchObject({ type: 'hello', num_connections: 1, connection_info: { app_id: 'A1' } });
    const again = new WebSocket(first.url);
    const refused = await new Promise<string>((resolve) => again.on('error', (error) => resolve(error.message)));
    expect(refused).toContain('403');
    for (let n = 2; n <= 10; n += 1) await connect(apiUrl);
    const eleventh = await connect(apiUrl);
    await eleventh.closed;
    expect(eleventh.received).toEqual([{ type: 'disconnect', reason: 'too_many_websockets' }]);
    expect(workspace.socket.connections()).toBe(10);
  });

  it('tells the person when nobody listens and when nobody answers in time', async () => {
    const { workspace, apiUrl } = await start(town({ ackDeadlineMs: 40 }));
    const dana = workspace.as('UDANA');
    expect(await dana.command('CALERTS', '/pipeline', 'x')).toMatchObject({ acked: false, error: 'dispatch_failed' });
    await connect(apiUrl);
    expect(await dana.command('CALERTS', '/pipeline', 'x')).toMatchObject({ acked: false, error: 'operation_timeout' });
  });

  it('sends an envelope that was not acknowledged again, with the same id', async () => {
    const { workspace, apiUrl } = await start(town({ ackDeadlineMs: 40, retryDelaysMs: [0, 10, 20] }));
    const client = await connect(apiUrl);
    workspace.as('UDANA').post('CALERTS', 'hello <@UBOT>');
    const mentions = () => client.envelopes().filter((frame) => JSON.stringify(frame).includes('"app_mention"'));
    await workspace.until(() => mentions().length === 4);
    expect(new Set(mentions().map((frame) => frame.envelope_id)).size).toBe(1);
    expect(mentions().map((frame) => [frame.retry_attempt, frame.retry_reason])).toEqual([
      [0, ''],
      [1, 'timeout'],
      [2, 'timeout'],
      [3, 'timeout'],
    ]);
  });

  it('stops sending once the app has acknowledged, even late', async () => {
    const { workspace, apiUrl } = await start(town({ ackDeadlineMs: 30, retryDelaysMs: [60, 60, 60] }));
    const client = await connect(apiUrl);
    workspace.as('UDANA').react('CALERTS', workspace.as('UDANA').post('CALERTS', 'x').ts, 'eyes');
    const reaction = await workspace.until(() =>
      client.envelopes().find((frame) => JSON.stringify(frame).includes('reaction_added')),
    );
    const delivery = workspace.state.deliveries.find(({ type }) => type === 'reaction_added');
    await workspace.until(() => delivery?.attempts[0]?.outcome === 'timeout');
    client.ack(reaction);
    await workspace.until(() => delivery?.attempts[0]?.outcome === 'late');
    await workspace.until(
      () => workspace.state.deliveries.find(({ type }) => type === 'message')?.attempts.length === 4,
    );
    expect(delivery?.attempts).toHaveLength(1);
  });

  it('brings an answer back only where a payload is accepted', async () => {
    const { workspace, apiUrl } = await start(town());
    const client = await connect(apiUrl);
    const answered = workspace.as('UDANA').command('CALERTS', '/pipeline', 'x');
    const envelope = await workspace.until(() => client.envelopes()[0]);
    expect(envelope).toMatchObject({ type: 'slash_commands', accepts_response_payload: true });
    client.ack(envelope, { text: 'here', response_type: 'in_channel' });
    await answered;
    const message = workspace.state.messages('CALERTS')[0];
    expect(message?.text).toBe('here');
    const pressed = workspace.as('UDANA').shortcut('any');
    const next = await workspace.until(() => client.envelopes().find((frame) => frame.type === 'interactive'));
    expect(next).toMatchObject({ accepts_response_payload: false });
    client.ack(next, { text: 'lost' });
    expect((await pressed).body).toBeUndefined();
  });

  it('shows nothing of a command answer that Slack could not show', async () => {
    const { workspace, apiUrl } = await start(town());
    const client = await connect(apiUrl);
    const answered = workspace.as('UDANA').command('CALERTS', '/pipeline', 'x');
    client.ack(await workspace.until(() => client.envelopes()[0]), { text: 'x', blocks: [{ type: 'nope' }] });
    expect(await answered).toMatchObject({ acked: true, error: 'invalid_blocks' });
    expect(workspace.state.ephemerals('UDANA')).toEqual([]);
  });

  it('closes the connection on a frame over 20,480 bytes and delivers again on another', async () => {
    const { workspace, apiUrl } = await start(town());
    const first = await connect(apiUrl);
    const second = await connect(apiUrl);
    const answered = workspace.as('UDANA').command('CALERTS', '/pipeline', 'x');
    const holder = await workspace.until(() => [first, second].find((client) => client.envelopes().length > 0));
    const other = holder === first ? second : first;
    holder.ack(holder.envelopes()[0] ?? {}, { text: 'x'.repeat(20_480) });
    expect(await holder.closed).toBe(1009);
    const again = await workspace.until(() => other.envelopes()[0]);
    expect(again).toMatchObject({ envelope_id: holder.envelopes()[0]?.envelope_id, retry_attempt: 1 });
    other.ack(again, { text: 'short' });
    expect(await answered).toMatchObject({ acked: true, body: { text: 'short' } });
  });

  it('delivers everything twice while it is told to', async () => {
    const { workspace, apiUrl } = await start(town());
    const client = await connect(apiUrl);
    client.socket.on('message', (data: Buffer) => {
      const frame: Envelope = JSON.parse(data.toString());
      if (frame.envelope_id) client.ack(frame);
    });
    workspace.faults.duplicateDeliveries(true);
    const { triggerId } = await workspace.as('UDANA').command('CALERTS', '/pipeline', 'x');
    expect(client.envelopes().map((frame) => Object(frame.payload).trigger_id)).toEqual([triggerId, triggerId]);
    workspace.faults.clear();
    await workspace.as('UDANA').command('CALERTS', '/pipeline', 'y');
    expect(client.envelopes()).toHaveLength(3);
    const past = workspace.state.deliveries[0];
    if (past) await workspace.redeliver(past);
    expect(client.envelopes()).toHaveLength(4);
  });

  it('asks for new connections, and cuts them when told', async () => {
    const { workspace, apiUrl } = await start(town());
    const client = await connect(apiUrl);
    workspace.socket.refresh('warning');
    await workspace.until(() =>
      client.received.some((frame) => frame.type === 'disconnect' && frame.reason === 'warning'),
    );
    workspace.socket.cut();
    await client.closed;
    await workspace.until(() => workspace.socket.connections() === 0);
  });
});

describe('signed HTTP', () => {
  it('signs the raw body, and sends commands, interactions and events in their three forms', async () => {
    const clock = standingClock();
    const { workspace } = await start(town({ clock }));
    const app = await listenHttp(() => ({}));
    workspace.deliverTo(app.url);
    await workspace.as('UDANA').command('CALERTS', '/pipeline', 'a & b');
    await workspace.as('UDANA').shortcut('any');
    workspace.as('UDANA').post('CALERTS', 'hi <@UBOT>');
    await workspace.until(() => app.calls.length === 4);
    for (const { body, headers } of app.calls) {
      const stamp = String(headers['x-slack-request-timestamp']);
      expect(stamp).toBe(String(clock.now().getTime() / 1000));
      const wanted = createHmac('sha256', signingSecret).update(`v0:${stamp}:${body}`).digest('hex');
      expect(headers['x-slack-signature']).toBe(`v0=${wanted}`);
    }
    const [command, shortcut, ...events] = app.calls;
    expect(Object.fromEntries(new URLSearchParams(command?.body))).toMatchObject({
      command: '/pipeline',
      text: 'a & b',
      user_id: 'UDANA',
      channel_name: 'data-alerts',
    });
    expect(JSON.parse(new URLSearchParams(shortcut?.body).get('payload') ?? '')).toMatchObject({
      type: 'shortcut',
      callback_id: 'any',
    });
    expect(events.map(({ body }) => JSON.parse(body).event.type).sort()).toEqual(['app_mention', 'message']);
  });

  it('checks the request address by its challenge', async () => {
    const { workspace } = await start(town());
    const good = await listenHttp(({ body }) => ({ body: JSON.stringify({ challenge: JSON.parse(body).challenge }) }));
    const bad = await listenHttp(() => ({ body: 'ok' }));
    workspace.deliverTo(good.url);
    expect(await workspace.verifyRequestUrl()).toBe(true);
    workspace.deliverTo(bad.url);
    expect(await workspace.verifyRequestUrl()).toBe(false);
  });

  it('tries an event three times more, and says why', async () => {
    const { workspace } = await start(
      town({ ackDeadlineMs: 500, retryDelaysMs: [0, 10, 20], app: { botEvents: ['message.channels'] } }),
    );
    const app = await listenHttp(({ n }) => (n === 1 ? { status: 500 } : n === 2 ? { hang: true } : { status: 200 }));
    workspace.deliverTo(app.url);
    workspace.as('UDANA').post('CALERTS', 'hi');
    await workspace.until(() => workspace.state.deliveries[0]?.attempts.at(-1)?.outcome === 'acked');
    expect(app.calls.map(({ headers }) => [headers['x-slack-retry-num'], headers['x-slack-retry-reason']])).toEqual([
      [undefined, undefined],
      ['1', 'http_error'],
      ['2', 'http_timeout'],
    ]);
    const ids = app.calls.map(({ body }) => JSON.parse(body).event_id);
    expect(new Set(ids).size).toBe(1);
  });

  it('does not try again when the answer says no-retry', async () => {
    const { workspace } = await start(town({ retryDelaysMs: [0, 0, 0], app: { botEvents: ['message.channels'] } }));
    const app = await listenHttp(() => ({ status: 500, headers: { 'x-slack-no-retry': '1' } }));
    workspace.deliverTo(app.url);
    workspace.as('UDANA').post('CALERTS', 'first');
    await workspace.until(() => workspace.state.deliveries[0]?.attempts[0]?.outcome === 'refused');
    workspace.as('UDANA').post('CALERTS', 'second');
    await workspace.until(() => workspace.state.deliveries[1]?.attempts[0]?.outcome === 'refused');
    expect(app.calls).toHaveLength(2);
  });

  it('says dispatch_failed when the address refuses', async () => {
    const { workspace } = await start(town());
    const app = await listenHttp(() => ({ status: 401 }));
    workspace.deliverTo(app.url);
    expect(await workspace.as('UDANA').command('CALERTS', '/pipeline')).toMatchObject({ error: 'dispatch_failed' });
  });
});

describe('events', () => {
  it('come only where the app subscribed, has the scope and is a member', async () => {
    const { workspace } = await start(
      town({
        app: {
          botEvents: ['app_mention', 'message.im', 'reaction_added'],
          scopes: ['app_mentions:read', 'im:history'],
        },
      }),
    );
    const dana = workspace.as('UDANA');
    dana.post('CALERTS', 'plain words');
    const { ts } = dana.post('CALERTS', 'hi <@UBOT>');
    dana.react('CALERTS', ts, 'eyes');
    dana.post('CRANDOM', 'hi <@UBOT>');
    dana.post(dana.direct(), 'in private');
    expect(workspace.state.deliveries.map(({ type, payload }) => [type, Object(payload.event).channel])).toEqual([
      ['app_mention', 'CALERTS'],
      ['message', workspace.state.direct('UDANA')?.id],
    ]);
  });

  it('tell of joining and leaving, edits and deletions', async () => {
    const { workspace } = await start(town());
    const dana = workspace.as('UDANA');
    const { ts } = dana.post('CALERTS', 'one');
    dana.edit('CALERTS', ts, 'two');
    dana.remove('CALERTS', ts);
    dana.leave('CALERTS');
    dana.join('CALERTS');
    dana.invite('CRANDOM', 'UBOT');
    expect(workspace.state.deliveries.map(({ type, payload }) => Object(payload.event).subtype ?? type)).toEqual([
      'message',
      'message_changed',
      'message_deleted',
      'channel_leave',
      'member_left_channel',
      'channel_join',
      'member_joined_channel',
      'channel_join',
      'member_joined_channel',
    ]);
  });

  it('tell of a deleted message with a thread as of a change to one of Slack’s own, and then of its end', async () => {
    const { workspace } = await start(town());
    const dana = workspace.as('UDANA');
    const { ts } = dana.post('CALERTS', 'one');
    const reply = dana.post('CALERTS', 'two', { threadTs: ts });
    dana.remove('CALERTS', ts);
    const { payload } = workspace.state.deliveries.at(-1) ?? {};
    expect(Object(payload).event).toMatchObject({
      type: 'message',
      subtype: 'message_changed',
      hidden: true,
      channel: 'CALERTS',
      message: {
        subtype: 'tombstone',
        user: 'USLACKBOT',
        text: 'This message was deleted.',
        hidden: true,
        ts,
        thread_ts: ts,
      },
      previous_message: { user: 'UDANA', text: 'one', ts, reply_count: 1 },
    });
    dana.remove('CALERTS', reply.ts);
    const last = workspace.state.deliveries.map((delivery) => Object(delivery.payload).event).slice(-2);
    expect(last).toMatchObject([
      { subtype: 'message_deleted', deleted_ts: reply.ts },
      { subtype: 'message_deleted', deleted_ts: ts, previous_message: { subtype: 'tombstone', reply_count: 0 } },
    ]);
  });
});

describe('response_url', () => {
  async function pressed() {
    const clock = standingClock();
    const { workspace } = await start(town({ clock, ackDeadlineMs: 20 }));
    const result = await workspace.as('UDANA').command('CALERTS', '/pipeline', 'x');
    const post = async (body: object, url = result.responseUrl) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      const answer: { error?: string } = Object(await response.json());
      return `${response.status}${answer.error ? ` ${answer.error}` : ''}`;
    };
    return { workspace, clock, post };
  }

  it('works five times, for half an hour', async () => {
    const { workspace, clock, post } = await pressed();
    for (let n = 0; n < 5; n += 1) expect(await post({ text: `${n}` })).toBe('200');
    expect(await post({ text: 'six' })).toBe('404 used_url');
    expect(workspace.state.ephemerals('UDANA')).toHaveLength(5);
    const second = await pressed();
    second.clock.advance(30 * 60_000 + 1);
    expect(await second.post({ text: 'late' })).toBe('404 expired_url');
    clock.advance(1);
  });

  it('refuses what a message would be refused for', async () => {
    const { post, workspace } = await pressed();
    expect(await post({ text: '' })).toBe('400 no_text');
    expect(await post({ text: 'x', blocks: [{ type: 'nope' }] })).toBe('400 invalid_blocks');
    expect(await post({ text: 'x', response_type: 'in_channel' })).toBe('200');
    expect(workspace.state.messages('CALERTS').map((message) => message.text)).toEqual(['x']);
  });

  it('replaces and deletes the message that held the control, ephemeral or not', async () => {
    const { workspace, post } = await pressed();
    const blocks = [
      { type: 'actions', elements: [{ type: 'button', action_id: 'go', text: { type: 'plain_text', text: 'Go' } }] },
    ];
    await post({ text: 'choose', blocks });
    const shown = workspace.state.ephemerals('UDANA')[0];
    const dana = workspace.as('UDANA');
    const press = await dana.press('CALERTS', shown?.ts ?? '', 'go');
    await post({ text: 'chosen', blocks, replace_original: true }, press.responseUrl);
    expect(workspace.state.ephemerals('UDANA')).toMatchObject([{ text: 'chosen', past: [{ text: 'choose' }] }]);
    const again = await dana.press('CALERTS', shown?.ts ?? '', 'go');
    await post({ delete_original: true }, again.responseUrl);
    expect(workspace.state.ephemerals('UDANA')).toEqual([]);
    await post({ text: 'for all', blocks, response_type: 'in_channel' });
    const ts = workspace.state.messages('CALERTS')[0]?.ts ?? '';
    const third = await dana.press('CALERTS', ts, 'go');
    await post({ text: 'done', replace_original: true }, third.responseUrl);
    expect(workspace.state.messages('CALERTS')[0]).toMatchObject({ text: 'done' });
    expect(workspace.state.messages('CALERTS')[0]?.blocks).toBeUndefined();
  });
});

describe('people', () => {
  it('cannot do what Slack would not let them do', async () => {
    const { workspace } = await start(town());
    expect(() => workspace.as('UNONE')).toThrow('Nobody here');
    expect(() => workspace.as('UOTTO')).toThrow('left the workspace');
    expect(() => workspace.as('UDANA').post('GSECRET', 'x')).toThrow('cannot see');
    expect(() => workspace.as('UGUS').post('CRANDOM', 'x')).toThrow('has not joined');
    expect(() => workspace.as('UDANA').post('COLD', 'x')).toThrow('archived');
    await expect(workspace.as('UDANA').command('CALERTS', '/other')).rejects.toThrow('not a command');
    await expect(workspace.as('UDANA').press('CALERTS', '1.0', 'go')).rejects.toThrow('sees no message');
  });

  it('name each other in a command when the manifest asks for escaping', async () => {
    const { workspace } = await start(town({ ackDeadlineMs: 20, app: { escapeCommands: true } }));
    await workspace.as('UDANA').command('CALERTS', '/pipeline', 'give to @priya in #random, not @nobody');
    expect(workspace.state.deliveries[0]?.payload.text).toBe(
      'give to <@UPRIYA|priya> in <#CRANDOM|random>, not @nobody',
    );
  });
});
