import type { App } from '@slack/bolt';
import { everyEvent, type Running, runApp, town } from './town';

const modal = (title: string, more: object = {}) => ({
  type: 'modal' as const,
  callback_id: 'form',
  title: { type: 'plain_text' as const, text: title },
  submit: { type: 'plain_text' as const, text: 'Save' },
  blocks: [
    {
      type: 'input',
      block_id: 'reason',
      label: { type: 'plain_text', text: 'Why' },
      element: { type: 'plain_text_input', action_id: 'text' },
    },
  ],
  ...more,
});

/** A small product: a command that posts, a button that edits, a form. */
function listen(app: App): void {
  app.command('/pipeline', async ({ command, ack, client, respond }) => {
    if (command.text === 'form') {
      await ack();
      await client.views.open({ trigger_id: command.trigger_id, view: modal('Form') });
    } else if (command.text === 'later') {
      await ack();
      await respond({ text: 'Here it is.' });
    } else if (command.text === 'post') {
      await ack();
      await client.chat.postMessage({
        channel: command.channel_id,
        text: 'orders_daily failed',
        blocks: [
          { type: 'section', text: { type: 'mrkdwn', text: '*orders_daily* failed' } },
          {
            type: 'actions',
            block_id: 'do',
            elements: [
              {
                type: 'button',
                action_id: 'retry',
                text: { type: 'plain_text', text: 'Retry' },
                value: 'run-7',
                style: 'primary',
              },
              {
                type: 'static_select',
                action_id: 'mute',
                placeholder: { type: 'plain_text', text: 'Mute' },
                options: [{ text: { type: 'plain_text', text: '1 hour' }, value: '1h' }],
              },
            ],
          },
        ],
      });
    } else await ack(`You said ${command.text}.`);
  });
  app.action('retry', async ({ ack, body, client, respond }) => {
    await ack();
    if (body.type !== 'block_actions' || !body.channel || !body.message) return;
    await client.chat.update({ channel: body.channel.id, ts: body.message.ts, text: 'Retrying', blocks: [] });
    await respond({ text: 'I pressed it.', response_type: 'ephemeral', replace_original: false });
  });
  app.action('mute', async ({ ack, action, respond }) => {
    await ack();
    if (action.type === 'static_select') await respond(`muted for ${action.selected_option.value}`);
  });
  app.view('form', async ({ ack, view }) => {
    const text = view.state.values.reason?.text?.value ?? '';
    if (text === 'bad') await ack({ response_action: 'errors', errors: { reason: 'Not that.' } });
    else if (text === 'next') await ack({ response_action: 'push', view: modal('Second') });
    else await ack();
  });
  app.event('app_mention', async ({ event, say }) => {
    await say({ text: `Hello <@${event.user}>`, thread_ts: event.ts });
  });
  app.event('app_home_opened', async ({ event, client }) => {
    await client.views.publish({
      user_id: event.user,
      view: { type: 'home', blocks: [{ type: 'section', text: { type: 'mrkdwn', text: 'Home' } }] },
    });
  });
  app.shortcut('report', async ({ ack, shortcut, client }) => {
    await ack();
    await client.views.open({ trigger_id: shortcut.trigger_id, view: modal('Report') });
  });
}

describe.each(['socket', 'http'] as const)('a Bolt app over %s', (mode) => {
  let running: Running;
  beforeAll(async () => {
    running = await runApp(mode, listen, town({ app: { botEvents: everyEvent } }));
  });
  afterAll(() => running.stop());

  it('answers a command in the acknowledgement, and only its author sees it', async () => {
    const { workspace } = running;
    const result = await workspace.as('UDANA').command('CALERTS', '/pipeline', 'hello');
    expect(result.acked).toBe(true);
    expect(result.error).toBeUndefined();
    expect(workspace.state.ephemerals('UDANA').at(-1)?.text).toBe('You said hello.');
    expect(workspace.state.ephemerals('UPRIYA')).toEqual([]);
  });

  it('answers a command later by response_url', async () => {
    const { workspace } = running;
    const result = await workspace.as('UDANA').command('CALERTS', '/pipeline', 'later');
    await workspace.until(() => result.responses.length > 0);
    expect(workspace.state.ephemerals('UDANA').at(-1)?.text).toBe('Here it is.');
  });

  it('posts a message whose button edits it and answers in private', async () => {
    const { workspace } = running;
    const dana = workspace.as('UDANA');
    await dana.command('CALERTS', '/pipeline', 'post');
    const message = await workspace.until(() => workspace.state.messages('CALERTS').find((m) => m.blocks));
    const pressed = await workspace.as('UPRIYA').press('CALERTS', message.ts, 'retry');
    expect(pressed).toMatchObject({ acked: true });
    await workspace.until(() => message.text === 'Retrying');
    expect(message.blocks).toBeUndefined();
    expect(message.edited?.user).toBe('UBOT');
    await workspace.until(() => workspace.state.ephemerals('UPRIYA').at(-1)?.text === 'I pressed it.');
    // A client that has not drawn the edit yet can still press.
    const late = await workspace.as('UDANA').press('CALERTS', message.ts, 'mute', { stale: true, value: '1h' });
    await workspace.until(() => late.responses.length > 0);
    expect(workspace.state.ephemerals('UDANA').at(-1)?.text).toBe('muted for 1h');
    await expect(workspace.as('UDANA').press('CALERTS', message.ts, 'retry')).rejects.toThrow('no control');
  });

  it('opens a modal, shows errors under the field, pushes another and closes', async () => {
    const { workspace } = running;
    const dana = workspace.as('UDANA');
    await dana.command('CALERTS', '/pipeline', 'form');
    const view = await workspace.until(() => workspace.state.views('UDANA')[0]);
    expect(await dana.submit(view.id)).toMatchObject({
      acked: false,
      errors: { reason: 'Please complete this required field.' },
    });
    expect(await dana.submit(view.id, { reason: 'bad' })).toMatchObject({
      acked: true,
      errors: { reason: 'Not that.' },
    });
    const pushed = await dana.submit(view.id, { reason: 'next' });
    expect(workspace.state.views('UDANA')).toHaveLength(2);
    await dana.submit(pushed.view?.id ?? '', { reason: 'good' });
    expect(workspace.state.views('UDANA').map((open) => open.id)).toEqual([view.id]);
    await dana.close(view.id);
    expect(workspace.state.views('UDANA')).toEqual([]);
  });

  it('hears a mention and answers in its thread', async () => {
    const { workspace } = running;
    const message = workspace.as('UDANA').post('CALERTS', 'Hey <@UBOT>');
    const reply = await workspace.until(() => workspace.state.thread('CALERTS', message.ts)[1]);
    expect(reply.text).toBe('Hello <@UDANA>');
    expect(message.reply_count).toBe(1);
  });

  it('publishes a Home tab when it is opened', async () => {
    const { workspace } = running;
    workspace.as('UPRIYA').openHome();
    await workspace.until(() => workspace.state.homes.has('UPRIYA'));
  });

  it('takes a message shortcut', async () => {
    const { workspace } = running;
    const message = workspace.as('UDANA').post('CALERTS', 'odd numbers today');
    await workspace.as('UDANA').shortcut('report', { channelId: 'CALERTS', messageTs: message.ts });
    const view = await workspace.until(() => workspace.state.views('UDANA')[0]);
    await workspace.as('UDANA').close(view.id);
  });

  it('gets every press of a nervous finger, each with its own trigger', async () => {
    const { workspace } = running;
    await workspace.as('UDANA').command('CALERTS', '/pipeline', 'post');
    const message = await workspace.until(() => workspace.state.messages('CALERTS').findLast((m) => m.blocks));
    const { all } = await workspace.as('UDANA').press('CALERTS', message.ts, 'retry', { times: 3 });
    expect(all.map(({ acked }) => acked)).toEqual([true, true, true]);
    expect(new Set(all.map(({ triggerId }) => triggerId)).size).toBe(3);
    await workspace.until(() => all.every(({ responses }) => responses.length === 1));
  });
});

describe('a Bolt app over Socket Mode', () => {
  it('comes back after it was asked for a new connection', async () => {
    const { workspace, stop } = await runApp('socket', listen);
    workspace.socket.refresh();
    const opened = () => workspace.state.calls.filter(({ method }) => method === 'apps.connections.open').length;
    // The client library waits five seconds before it connects again.
    await workspace.until(() => opened() === 2 && workspace.socket.connections() === 1, 10_000);
    expect(await workspace.as('UDANA').command('CALERTS', '/pipeline', 'hello')).toMatchObject({ acked: true });
    await stop();
  });
});
