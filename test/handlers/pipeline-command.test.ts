import { Failure } from '../../src/domain/failure';
import { createPictures } from '../../src/slack/pictures';
import type { CommandResult } from '../../src/workspace';
import { checkBlocks } from '../../src/workspace/blocks/check';
import { pipelineStatus, statusAnswer } from '../slack/views';
import { actorOf, type Crew, runCrew } from './crew';

describe.each(['socket', 'http'] as const)('/pipeline over %s', (mode) => {
  let crew: Crew;
  beforeAll(async () => {
    crew = await runCrew(mode);
  });
  afterAll(() => crew.stop());
  afterEach(() => {
    crew.actors.clear();
    crew.asked.length = 0;
    jest.restoreAllMocks();
  });

  async function answerTo(result: CommandResult) {
    expect(result.acked).toBe(true);
    const answer = await crew.workspace.until(() => result.responses[0], 5_000, 'an answer');
    expect(checkBlocks(Array.isArray(answer.blocks) ? answer.blocks : [], 'message')).toEqual([]);
    return { text: String(answer.text), type: answer.response_type, all: JSON.stringify(answer.blocks) };
  }
  const type = async (words: string, who = 'UDANA', channel = 'CALERTS') =>
    answerTo(await crew.workspace.as(who).command(channel, '/pipeline', words));

  it.each(['', 'help', ' HELP '])('lists what can be typed, with examples, for "%s"', async (words) => {
    const { text, type: to, all } = await type(words);
    expect(text).toMatch(/^What \/pipeline can do\. \/pipeline status \[pipeline\]: /);
    expect(all).toContain('/pipeline status orders_daily');
    expect(to).toBe('ephemeral');
  });

  it('leads to what is under way in this channel or by me', async () => {
    expect((await type('actions')).text).toMatch(/^3 changes under way or waiting/);
    expect(crew.asked).toEqual([{ channelId: 'CALERTS', slackId: 'UDANA' }]);
    expect((await type('bulk')).text).toMatch(/^▶️ Bulk work may go on. 1 large action is under way. To turn it is for/);
  });

  it.each([
    { typed: 'redeploy orders_daily v11', aim: { kind: 'version', version: '11' } },
    { typed: 'redeploy orders_daily 2026.11-rc1', aim: { kind: 'version', version: '2026.11-rc1' } },
  ])('opens the plan for another version: "$typed"', async ({ typed, aim }) => {
    const make = jest.spyOn(crew.services.plans, 'make');
    jest
      .spyOn(crew.services.pipelines, 'find')
      .mockImplementation(async ({ name }) =>
        statusAnswer([pipelineStatus(name, {})], { scope: 'named', asked: name }),
      );
    await crew.workspace.as('UDANA').command('CALERTS', '/pipeline', typed);
    await crew.workspace.until(() => make.mock.calls[0], 5_000, 'a wish for a plan');
    expect(make.mock.calls[0]?.[0]).toMatchObject({
      kind: 'redeploy',
      aim: { ...aim, pipeline: { key: 'orders_daily' } },
    });
  });

  it.each([
    { typed: 'retry orders_daily', says: /Retry of 3 runs/, planned: true },
    { typed: 'retry refunds', says: /None of its last runs has failed/, planned: false },
    { typed: 'retry', says: /Which pipeline/, planned: false },
    { typed: 'retry order', says: /orders_daily/, planned: false },
  ])('opens the plan for a failed run, or says why there is none: "$typed"', async ({ typed, says, planned }) => {
    jest.spyOn(crew.services.pipelines, 'find').mockImplementation(async ({ name }) => {
      const lastRuns = [{ run: '118', attempt: 2, status: name === 'refunds' ? 'succeeded' : 'failed' } as const];
      return name === 'order'
        ? statusAnswer([], { scope: 'named', asked: name, didYouMean: ['orders_daily'] })
        : statusAnswer([pipelineStatus(name, { lastRuns })], { scope: 'named', asked: name });
    });
    const { acked, responses } = await crew.workspace.as('UDANA').command('CALERTS', '/pipeline', typed);
    expect(acked).toBe(true);
    const view = await crew.workspace.until(() => {
      const top = crew.workspace.state.views('UDANA').at(-1);
      return top && says.test(JSON.stringify(top.content)) ? top : undefined;
    });
    expect(view.content.submit !== undefined).toBe(planned);
    expect(responses).toEqual([]);
    await crew.workspace.as('UDANA').close(view.id);
  });

  it.each([
    { typed: 'start orders_daily', parameters: undefined },
    {
      typed: 'start orders_daily full=true note="two words" days=3',
      parameters: { full: true, note: 'two words', days: 3 },
    },
  ])('opens the plan for a new run: "$typed"', async ({ typed, parameters }) => {
    const make = jest.spyOn(crew.services.plans, 'make');
    make.mockClear();
    jest
      .spyOn(crew.services.pipelines, 'find')
      .mockImplementation(async ({ name = '' }) =>
        statusAnswer([pipelineStatus(name, {})], { scope: 'named', asked: name }),
      );
    await crew.workspace.as('UDANA').command('CALERTS', '/pipeline', typed);
    await crew.workspace.until(() => make.mock.calls[0], 5_000, 'a wish for a plan');
    expect(make.mock.calls[0]?.[0]).toMatchObject({
      kind: 'start',
      aim: {
        targets: [
          { target: { kind: 'pipeline', pipeline: { key: 'orders_daily' }, ...(parameters && { parameters }) } },
        ],
      },
    });
  });

  it.each([
    { typed: 'start', says: /Which pipeline/ },
    { typed: 'start orders_daily full', says: /is not of the form name=value/ },
  ])('says what is missing for a new run: "$typed"', async ({ typed, says }) => {
    await crew.workspace.as('UDANA').command('CALERTS', '/pipeline', typed);
    const view = await crew.workspace.until(() => {
      const top = crew.workspace.state.views('UDANA').at(-1);
      return top && says.test(JSON.stringify(top.content)) ? top : undefined;
    });
    await crew.workspace.as('UDANA').close(view.id);
  });

  it('tells how the pipelines of this channel are, to the asker alone', async () => {
    const { text, type: to, all } = await type('status');
    expect(crew.asked).toEqual([
      expect.objectContaining({ channelId: 'CALERTS', channelName: 'data-alerts', isDirect: false }),
    ]);
    expect(text).toMatch(
      /^Pipelines of this channel: 1 🔴 Failed, 1 🟢 Succeeded, and 192 more\. 🔴 Failed: orders_daily since /,
    );
    expect(all).toContain('and 192 more: `/pipeline status name` shows any of them.');
    expect(to).toBe('ephemeral');
  });

  it('tells about one pipeline, as its title was typed', async () => {
    const { text } = await type('status “orders_daily”');
    expect(crew.asked).toEqual([expect.objectContaining({ name: 'orders_daily' })]);
    expect(text).toMatch(/^🔴 Failed: orders_daily\. Since 18 Nov 2026, 09:14 CET/);
  });

  it('shows an answer to the channel when asked to', async () => {
    expect((await type('status orders_daily share')).type).toBe('in_channel');
    expect((await type('status nothing_like_it share')).type).toBe('ephemeral');
  });

  it('shows what waits for a pipeline, as a picture once Slack has it ready and as a list', async () => {
    const pictures = createPictures({ log: crew.services.log, uploadFile: crew.slack.uploadFile });
    jest.spyOn(crew.services.pictures, 'downstream').mockImplementation(pictures.downstream);
    const { text, all } = await type('impact orders_daily');
    expect(text).toMatch(/^3 things and 1 table wait for orders_daily\. Nearest: /);
    expect(all).toMatch(
      /"slack_file":\{"id":"F[0-9A-Z]+"\},"alt_text":"Graph: 3 things and 1 table wait for orders_daily/,
    );
  });

  it('says in words what waits where no picture can be shown', async () => {
    const { all } = await type('impact orders_daily');
    expect(all).not.toContain('slack_file');
    expect(all).toContain('Revenue · finance · due 08:00');
  });

  it('asks for the audit trail in the words that were typed, and tells whose it is', async () => {
    const { text } = await type('audit orders_daily 7d');
    expect(crew.asked).toEqual([expect.objectContaining({ text: 'orders_daily 7d' })]);
    expect(text).toBe(
      'The trail of orders_daily is for members of orders. /pipeline audit shows what you did yourself.',
    );
  });

  it('lists what is retried by itself, by whose leave, with a way to end it', async () => {
    const { text, all } = await type('auto');
    expect(text).toMatch(
      /^1 failure that I retry by myself\. orders_daily for “Rate limited”, allowed by @priya since .*: helped 3 of 4 times, 1 of 3 in the last 24 hours\./,
    );
    expect(all).toContain('stop-auto-retry.v1');
  });

  it('lists what was set aside for operators, and tells others whom to ask', async () => {
    crew.actors.set('UDANA', actorOf('UDANA', { roles: ['operator'] }));
    const { text, all } = await type('parked 2');
    expect(crew.asked).toEqual([expect.objectContaining({ page: 2 })]);
    expect(text).toMatch(/^17 posts set aside\. /);
    expect(all).toContain('`/pipeline parked 3` shows the next');
    crew.actors.clear();
    expect((await type('parked')).text).toBe('What was set aside is for people with the role *operator*.');
  });

  it('lists what the channel has subscribed to and what the asker follows, with how to undo each', async () => {
    const { text, type: to, all } = await type('subscriptions');
    expect(crew.asked).toEqual([{ channelId: 'CALERTS', slackId: 'UDANA' }]);
    expect(text).toMatch(/^This channel has subscribed to orders_\* tag:finance\. You follow refunds\. /);
    expect(all).toContain('undo: `/pipeline unsubscribe orders_* tag:finance`');
    expect(all).toContain('undo: `/pipeline unfollow refunds`');
    expect(to).toBe('ephemeral');
  });

  it.each([
    { typed: 'status #data-alerts', name: '#data-alerts' },
    { typed: 'status @dana', name: '@dana' },
    { typed: 'status R&amp;D &lt;new&gt;', name: 'R&D <new>' },
    { typed: 'status <http://orders.io|orders.io>', name: 'orders.io' },
  ])('reads $typed as $name', async ({ typed, name }) => {
    await type(typed);
    expect(crew.asked).toEqual([expect.objectContaining({ name })]);
  });

  it('offers the nearest names for one that it does not know', async () => {
    const { text } = await type('status order_daily');
    expect(text).toBe('I know no pipeline named order_daily. Did you mean /pipeline status orders_daily?');
  });

  it.each([
    { typed: 'statsu orders_daily', meant: '/pipeline status orders_daily?' },
    { typed: 'hlep', meant: '/pipeline help?' },
    { typed: 'orders_daily', meant: '/pipeline status orders_daily, if that is a pipeline' },
    { typed: '<!channel> `x`', meant: '/pipeline status' },
  ])('suggests what $typed may have meant', async ({ typed, meant }) => {
    const { text, all } = await type(typed);
    expect(text).toContain(`Did you mean ${meant}`);
    expect(`${text}${all}`).not.toMatch(/<!/);
  });

  it('asks for mine in a direct message', async () => {
    const channel = await crew.slack.openDm('UDANA');
    await type('status', 'UDANA', channel);
    expect(crew.asked).toEqual([expect.objectContaining({ isDirect: true })]);
  });

  it('lets guests look', async () => {
    crew.actors.set('UGUS', actorOf('UGUS', { isGuest: true }));
    expect((await type('status', 'UGUS')).text).toMatch(/^Pipelines of this channel/);
  });

  it.each([
    { title: 'a bot', who: { isBot: true }, said: /ask a person to do it/ },
    { title: 'somebody deactivated', who: { isDeactivated: true }, said: /deactivated/ },
  ])('refuses $title in private', async ({ who, said }) => {
    crew.actors.set('UGUS', actorOf('UGUS', who));
    const { text, type: to } = await type('status', 'UGUS');
    expect(text).toMatch(said);
    expect(to).toBe('ephemeral');
    expect(crew.asked).toEqual([]);
  });

  it('says what went wrong when it could not find out', async () => {
    jest.spyOn(crew.services.pipelines, 'status').mockRejectedValue(new Failure('unavailable', 'prod'));
    expect((await type('status')).text).toBe('prod did not answer. Please try again in a few minutes.');
  });

  it('names a bug of ours by a number that the log has as well', async () => {
    jest.spyOn(crew.services.pipelines, 'status').mockRejectedValue(new TypeError('x is not a function'));
    const error = jest.spyOn(crew.services.log, 'error');
    const { text } = await type('status');
    const id = /under ([0-9a-f]{8})\./.exec(text)?.[1];
    expect(error).toHaveBeenCalledWith(expect.objectContaining({ id }), 'answer.fault');
    expect(text).not.toContain('x is not a function');
  });

  it('keeps what people do for the figures', async () => {
    const kept = () => crew.recorded.filter(({ slackId }) => slackId === 'UPRIYA');
    const before = kept().length;
    await type('status orders_daily', 'UPRIYA');
    await type('status nothing', 'UPRIYA');
    await type('hlep', 'UPRIYA');
    await crew.workspace.until(() => kept().length >= before + 3);
    expect(kept().slice(before)).toEqual([
      expect.objectContaining({ what: 'pipeline status', pipeline: 'prod/orders_daily', outcome: 'ok' }),
      expect.objectContaining({ what: 'pipeline status', outcome: 'user-error' }),
      expect.objectContaining({ what: 'pipeline', outcome: 'user-error' }),
    ]);
  });
});
