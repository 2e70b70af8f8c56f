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
