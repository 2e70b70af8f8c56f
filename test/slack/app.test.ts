import { createHmac } from 'node:crypto';
import { createWebServer } from '../../src/http/server';
import { createLogger } from '../../src/lib/logger';
import { createSlackApp, type SlackApp } from '../../src/slack/app';
import { createSlackClient } from '../../src/slack/client';
import { createWorkspace, type Workspace } from '../../src/workspace';
import { appToken, botToken, town } from '../workspace/town';

const log = createLogger('silent');

describe('the connection to Slack', () => {
  let workspace: Workspace;
  let app: SlackApp | undefined;
  afterEach(async () => {
    await app?.stop();
    app = undefined;
    await workspace.stop();
  });

  async function connect(before: (workspace: Workspace) => void = () => undefined): Promise<void> {
    workspace = createWorkspace(town());
    const { apiUrl } = await workspace.start();
    before(workspace);
    const slack = createSlackClient({ token: botToken, apiUrl, log });
    app = createSlackApp({ credentials: { mode: 'socket', botToken, appToken }, apiUrl, log, slack });
    app.bolt.command('/pipeline', async ({ ack }) => ack('here'));
    await app.start();
  }
  const answer = async () => (await workspace.as('UDANA').command('CALERTS', '/pipeline')).body;

  it('stands even when Slack does not say who we are there', async () => {
    await connect((pretend) => pretend.faults.refuse('internal_error', { method: 'auth.test' }, { times: 9 }));
    expect(await answer()).toEqual({ text: 'here' });
  });

  it('is made again when it was cut, also when Slack refuses at first', async () => {
    await connect();
    workspace.faults.next({ method: 'apps.connections.open' }, '5xx');
    workspace.socket.cut();
    await workspace.until(() => workspace.socket.connections() === 0, 5_000, 'the cut');
    await workspace.until(() => workspace.socket.connections() > 0, 20_000, 'another connection');
    expect(await answer()).toEqual({ text: 'here' });
  });

  it('is waited for when Slack is not there at the start', async () => {
    await connect((pretend) => pretend.faults.next({ method: 'apps.connections.open' }, '5xx', { times: 2 }));
    expect(await answer()).toEqual({ text: 'here' });
  });
});

describe('signed calls', () => {
  const secret = 'signing-secret-of-the-test';
  const form = 'command=%2Fpipeline&text=help&user_id=UDANA&channel_id=CALERTS';

  async function call(body: string, headers: Record<string, string>): Promise<Response> {
    const slack = {
      authTest: async () => ({
        teamId: 'T1',
        team: 'Test',
        enterpriseId: undefined,
        userId: 'UBOT',
        botId: 'B1',
        url: undefined,
        scopes: [],
      }),
    };
    const app = createSlackApp({ credentials: { mode: 'http', botToken, signingSecret: secret }, log, slack });
    app.bolt.command('/pipeline', async ({ ack }) => ack('here'));
    const web = createWebServer({
      log,
      door: { takeCloudEvents: unused, takeLineage: unused, takeDbt: unused, takeNative: unused },
      health: unused,
      metrics: unused,
      slack: app.listener,
    });
    try {
      const port = await web.listen(0, '127.0.0.1');
      return await fetch(`http://127.0.0.1:${port}/slack/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body,
      });
    } finally {
      await web.close(1_000);
    }
  }

  const unused = (): Promise<never> => Promise.reject(new Error('not asked for here'));

  function signed(body: string, { by = secret, ageSeconds = 0 } = {}): Record<string, string> {
    const stamp = Math.floor(Date.now() / 1_000) - ageSeconds;
    const signature = createHmac('sha256', by).update(`v0:${stamp}:${body}`).digest('hex');
    return { 'x-slack-request-timestamp': String(stamp), 'x-slack-signature': `v0=${signature}` };
  }

  it('are taken', async () => {
    const response = await call(form, signed(form));
    expect({ status: response.status, body: await response.text() }).toEqual({ status: 200, body: 'here' });
  });

  it.each([
    { title: 'with a wrong signature', body: form, headers: signed(form, { by: 'another' }), status: 401 },
    { title: 'with the signature of another body', body: `${form}x`, headers: signed(form), status: 401 },
    { title: 'with a stale stamp', body: form, headers: signed(form, { ageSeconds: 400 }), status: 401 },
    { title: 'with none', body: form, headers: {}, status: 401 },
    { title: 'over a megabyte', body: 'x'.repeat(1_000_001), headers: {}, status: 413 },
  ])('$title are refused with the reason', async ({ body, headers, status }) => {
    const response = await call(body, headers);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) });
    expect(response.status).toBe(status);
  });
});
