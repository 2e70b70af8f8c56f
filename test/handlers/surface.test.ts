import { App, type Receiver, type ReceiverEvent } from '@slack/bolt';
import { listeners, registerAll } from '../../handlers';
import { surfaceOf } from '../../src/slack/surface';
import { actorOf, createServices } from './crew';

/** What a company may call the commands. */
const commands = { pipeline: '/pl', support: '/helpme' };

describe('what Slack is told', () => {
  it('are the commands that are listened for, and no others', () => {
    const heard = listeners.filter(({ kind }) => kind === 'command').map(({ name }) => name);
    const named = Object.entries(commands).filter(([name]) => heard.includes(name));
    expect(surfaceOf({ commands }).commands.map(({ name }) => name)).toEqual(named.map(([, name]) => name));
  });

  it('are the menu entries and events that are listened for, and no others', () => {
    const heard = (wanted: string) => listeners.flatMap(({ kind, name }) => (kind === wanted ? [name] : [])).sort();
    const surface = surfaceOf({ commands });
    expect(surface.shortcuts.map(({ callbackId }) => callbackId).sort()).toEqual(heard('shortcut'));
    expect([...new Set(surface.events.map((event) => event.split('.')[0]))].sort()).toEqual(heard('event'));
  });
});

/** Hands payloads to the real app, as they would come over the wire. */
class Hand implements Receiver {
  private app?: App;
  init(app: App): void {
    this.app = app;
  }
  start = async (): Promise<void> => undefined;
  stop = async (): Promise<void> => undefined;
  async give(body: ReceiverEvent['body']): Promise<boolean> {
    let acked = 0;
    await this.app?.processEvent({
      body,
      ack: async () => {
        acked += 1;
      },
    });
    return acked === 1;
  }
}

function listening(home?: { teamId: string; enterpriseId?: string }) {
  const crew = createServices();
  const hand = new Hand();
  const answers: Record<string, unknown>[] = [];
  const app = new App({
    receiver: hand,
    authorize: async () => ({ botToken: 'xoxb-x', home }),
    convoStore: false,
    clientOptions: {
      fetch: async (_url, init) => {
        answers.push(JSON.parse(String(init?.body)));
        return new Response('ok');
      },
    },
  });
  registerAll(app, crew.services);
  return { ...crew, hand, answers };
}

const value = JSON.stringify({ incidentId: 'i', connection: 'prod', pipeline: 'orders', run: 'r', attempt: 1 });
const press = (more: object = {}) => ({
  type: 'block_actions',
  team: { id: 'T1', domain: 'acme' },
  user: { id: 'UDANA', username: 'dana', team_id: 'T1' },
  enterprise: null,
  channel: { id: 'C1', name: 'alerts' },
  message: { type: 'message', ts: '1700000000.000100' },
  container: { type: 'message', message_ts: '1700000000.000100', channel_id: 'C1' },
  response_url: 'https://hooks.slack.example/actions/1',
  trigger_id: '1.2.3',
  actions: [{ type: 'button', action_id: 'retry-run.v1', block_id: 'b', action_ts: '1.1', value }],
  ...more,
});
const command = (more: object = {}) => ({
  command: '/pipeline',
  text: 'status',
  user_id: 'UDANA',
  team_id: 'T1',
  channel_id: 'C1',
  channel_name: 'alerts',
  response_url: 'https://hooks.slack.example/commands/1',
  trigger_id: '1.2.3',
  ...more,
});

describe('people of another company in a shared channel', () => {
  const other = { id: 'UEVE', username: 'eve', team_id: 'T9' };
  it.each([
    { title: 'of another workspace', home: { teamId: 'T1' }, body: press({ user: other }), taken: false },
    {
      title: 'of another organisation',
      home: { teamId: 'T1', enterpriseId: 'E1' },
      body: press({ user: other, enterprise: { id: 'E9', name: 'Other' } }),
      taken: false,
    },
    {
      title: 'of another workspace of our organisation',
      home: { teamId: 'T1', enterpriseId: 'E1' },
      body: press({ user: other, enterprise: { id: 'E1', name: 'Ours' } }),
      taken: true,
    },
    { title: 'of our own workspace', home: { teamId: 'T1' }, body: press(), taken: true },
  ])('$title press Retry: taken $taken', async ({ home, body, taken }) => {
    const { hand, stored, answers } = listening(home);
    expect(await hand.give(body)).toBe(true);
    expect(stored.size).toBe(taken ? 1 : 0);
    expect(answers.map(({ text }) => String(text))).toEqual(
      taken ? [] : [expect.stringMatching(/^This works for members of our own workspace only/)],
    );
  });

  it('type a command: they are told that it is not for them', async () => {
    const { hand, asked, answers } = listening({ teamId: 'T1' });
    expect(await hand.give(command({ team_id: 'T9' }))).toBe(true);
    expect(asked).toEqual([]);
    expect(answers[0]).toMatchObject({
      response_type: 'ephemeral',
      text: expect.stringMatching(/our own workspace only/),
    });
  });
});

describe('a press that everybody makes for themselves', () => {
  const thumb = (id: string, trigger: string) =>
    press({
      user: { id, username: id, team_id: 'T1' },
      trigger_id: trigger,
      actions: [
        {
          type: 'button',
          action_id: 'cause-right.v1',
          action_ts: '1.1',
          value: JSON.stringify({ incidentId: '7a1c9a2e-7d7f-4a39-9d53-1d7f7b1f0a0b' }),
        },
      ],
    });

  it('is taken from two people at the same moment, and from one again; delivered again it is the same', async () => {
    const { hand, stored, answers } = listening({ teamId: 'T1' });
    for (const body of [thumb('UDANA', '1'), thumb('UNOAH', '2'), thumb('UDANA', '3'), thumb('UDANA', '3')])
      expect(await hand.give(body)).toBe(true);
    expect([...stored.values()].map(({ slackId }) => slackId)).toEqual(['UDANA', 'UNOAH', 'UDANA']);
    expect(answers).toEqual([]);
  });
});

describe('a command that changes something', () => {
  it.each(['subscribe orders_*', 'unsubscribe orders_*', 'follow orders_daily', 'unfollow orders_daily'])(
    '"%s" is stored under its trigger, then acked; delivered again it is the same wish',
    async (text) => {
      const { hand, stored, answers, recorded } = listening();
      expect(await hand.give(command({ text }))).toBe(true);
      expect(await hand.give(command({ text }))).toBe(true);
      const [word = '', rest] = text.split(' ');
      expect([...stored.values()]).toEqual([
        {
          key: 'command:1.2.3',
          name: `command:${word}`,
          value: { text: rest },
          slackId: 'UDANA',
          channel: 'C1',
          responseUrl: 'https://hooks.slack.example/commands/1',
          triggerId: '1.2.3',
          receivedAt: expect.any(Date),
        },
      ]);
      expect(answers).toEqual([]);
      expect(recorded).toEqual([expect.objectContaining({ what: `pipeline ${word}`, channel: 'C1', outcome: 'ok' })]);
    },
  );

  it.each([
    { who: 'a guest', more: { isGuest: true }, text: 'subscribe orders_*', outcome: 'not-allowed' },
    { who: 'a guest', more: { isGuest: true }, text: 'follow orders_daily', outcome: 'ok' },
    { who: 'a bot', more: { isBot: true }, text: 'follow orders_daily', outcome: 'not-allowed' },
  ])('"$text" typed by $who is stored for the worker, and counted as $outcome', async ({ more, text, outcome }) => {
    const { hand, stored, actors, recorded } = listening();
    actors.set('UDANA', actorOf('UDANA', more));
    expect(await hand.give(command({ text }))).toBe(true);
    expect(stored.size).toBe(1);
    expect(recorded).toEqual([expect.objectContaining({ outcome })]);
  });

  it('is not for people of another company', async () => {
    const { hand, stored } = listening({ teamId: 'T1' });
    expect(await hand.give(command({ text: 'subscribe orders_*', team_id: 'T9' }))).toBe(true);
    expect(stored.size).toBe(0);
  });
});

describe('a command under a name that is not in the configuration', () => {
  it('is acked, and answered to the person alone with the name that is', async () => {
    const { hand, asked, answers } = listening();
    expect(await hand.give(command({ command: '/pl-old' }))).toBe(true);
    expect(asked).toEqual([]);
    expect(answers).toEqual([
      expect.objectContaining({
        response_type: 'ephemeral',
        text: 'I do not answer to /pl-old here; my command is /pipeline. /pipeline help shows what it can do.',
      }),
    ]);
  });

  it('leaves the one that is to its own listener', async () => {
    const { hand, answers } = listening();
    expect(await hand.give(command({ text: 'help' }))).toBe(true);
    expect(answers).toHaveLength(1);
    expect(answers[0]?.text).toContain('What /pipeline can do');
  });
});

describe('what nobody expects', () => {
  it.each([
    { title: 'a press outside of any message', body: press({ message: undefined, container: { type: 'view' } }) },
    { title: 'a press without a channel', body: press({ channel: undefined, container: {} }) },
  ])('$title is acked and refused', async ({ body }) => {
    const { hand, stored, answers } = listening();
    expect(await hand.give(body)).toBe(true);
    expect(stored.size).toBe(0);
    expect(answers[0]?.text).toMatch(/^I cannot tell which message/);
  });

  it.each([
    { title: 'a press without an address to answer to', body: press({ response_url: undefined }), taken: 1 },
    { title: 'a press of nobody', body: press({ user: { username: 'x' } }), taken: 0 },
    {
      title: 'a link that was opened',
      body: press({ actions: [{ type: 'button', action_id: 'open-link.v1' }] }),
      taken: 0,
    },
  ])('$title is acked, once', async ({ body, taken }) => {
    const { hand, stored, answers } = listening();
    expect(await hand.give(body)).toBe(true);
    expect(stored.size).toBe(taken);
    expect(answers).toEqual([]);
  });

  it('a press is acked and taken even when the figures cannot be kept', async () => {
    const { hand, stored, services } = listening();
    jest.spyOn(services.interactions, 'record').mockRejectedValue(new Error('no'));
    expect(await hand.give(press())).toBe(true);
    expect(stored.size).toBe(1);
  });
});
