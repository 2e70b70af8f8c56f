import { type Listener, listeners } from '../../handlers';
import { pressDeadlineMs } from '../../handlers/answering';
import { Failure } from '../../src/domain/failure';
import type { IncidentView } from '../../src/domain/incident';
import { renderAlert } from '../../src/slack/alert';
import { buttons } from '../../src/slack/buttons';
import { limits } from '../../src/slack/limits';
import type { PressResult } from '../../src/workspace';
import { alerts, view } from '../slack/views';
import { actorOf, type Crew, runCrew } from './crew';

/** An alert that shows the button. */
const showing: Record<string, IncidentView | undefined> = {
  'retry-run.v1': alerts.failed,
  'show-log.v1': alerts.failed,
  'show-members.v1': alerts['failed with many others'],
  'acknowledge.v1': alerts.failed,
  'unacknowledge.v1': alerts.acknowledged,
  'stop-run.v1': alerts.retrying,
  'unmute.v1': alerts.muted,
};
const stored = listeners.filter(({ name }) => name in showing);
let posts = 0;

async function post(crew: Crew, facts: IncidentView = view()): Promise<string> {
  posts += 1;
  return (await crew.slack.postMessage({ ...renderAlert(facts), channel: 'CALERTS', postId: `p${posts}` })).ts;
}

async function toldTo(crew: Crew, result: PressResult): Promise<string> {
  const answer = await crew.workspace.until(() => result.responses.at(-1), 8_000, 'a private answer');
  expect(answer).toMatchObject({ response_type: 'ephemeral', replace_original: false });
  return String(answer.text);
}

describe.each(['socket', 'http'] as const)('buttons over %s', (mode) => {
  let crew: Crew;
  beforeAll(async () => {
    crew = await runCrew(mode);
  });
  afterAll(() => crew.stop());
  afterEach(() => {
    crew.actors.clear();
    crew.stored.clear();
    crew.recorded.length = 0;
    jest.restoreAllMocks();
  });

  it.each(stored)('stores a press on $name with what it is about, then acks it, and says nothing', async ({ name }) => {
    const ts = await post(crew, showing[name]);
    const result = await crew.workspace.as('UDANA').press('CALERTS', ts, name);
    expect(result.acked).toBe(true);
    const [press] = [...crew.stored.values()];
    expect(press).toMatchObject({
      name,
      slackId: 'UDANA',
      channel: 'CALERTS',
      messageTs: ts,
      value: { incidentId: view().incidentId, run: 'run-7', attempt: 2 },
      triggerId: result.triggerId,
      responseUrl: result.responseUrl,
    });
    expect(press?.key).toMatch(new RegExp(`^CALERTS:${ts}:${name}:2\\.0`));
    await crew.workspace.until(() => crew.recorded.length > 0);
    expect(crew.recorded).toEqual([
      expect.objectContaining({
        slackId: 'UDANA',
        what: name,
        channel: 'CALERTS',
        pipeline: 'prod/orders_daily',
        outcome: 'ok',
      }),
    ]);
    expect(result.responses).toEqual([]);
  });

  it('stores what was chosen from the menu: the same twice is one wish, another one is another', async () => {
    const ts = await post(crew);
    const { incidentId } = view();
    const choose = (minutes: number) =>
      crew.workspace
        .as('UDANA')
        .press('CALERTS', ts, 'alert-more.v1', { value: JSON.stringify({ incidentId, minutes }) });
    expect((await choose(60)).acked).toBe(true);
    await choose(60);
    await choose(240);
    expect([...crew.stored.values()].map(({ name, value }) => ({ name, value }))).toEqual([
      { name: 'alert-more.v1', value: { incidentId, minutes: 60 } },
      { name: 'alert-more.v1', value: { incidentId, minutes: 240 } },
    ]);
  });

  it('makes one wish of five presses at once', async () => {
    const ts = await post(crew);
    const result = await crew.workspace.as('UDANA').press('CALERTS', ts, 'retry-run.v1', { times: 5 });
    expect(result.all.map(({ acked }) => acked)).toEqual([true, true, true, true, true]);
    expect(crew.stored.size).toBe(1);
  });

  it('takes a press anew in the next turn', async () => {
    const ts = await post(crew);
    await crew.workspace.as('UDANA').press('CALERTS', ts, 'retry-run.v1');
    await crew.slack.updateMessage({ ...renderAlert(view({ turn: 1 })), channel: 'CALERTS', ts });
    await crew.workspace.as('UDANA').press('CALERTS', ts, 'retry-run.v1');
    expect(crew.stored.size).toBe(2);
  });

  it('takes an acknowledge anew later on, when the first has run out', async () => {
    const ts = await post(crew);
    await crew.workspace.as('UDANA').press('CALERTS', ts, 'acknowledge.v1');
    crew.advance(2 * 60 * 60_000);
    await crew.workspace.as('UDANA').press('CALERTS', ts, 'acknowledge.v1');
    expect(crew.stored.size).toBe(2);
  });

  it('tells the next one who asked already, and when', async () => {
    const ts = await post(crew);
    await crew.workspace.as('UDANA').press('CALERTS', ts, 'retry-run.v1');
    crew.advance(120_000);
    const result = await crew.workspace.as('UPRIYA').press('CALERTS', ts, 'retry-run.v1');
    expect(await toldTo(crew, result)).toMatch(/^<@UDANA> asked for that already, 2 min ago\./);
    expect(crew.stored.size).toBe(1);
  });

  it('says nothing about a press that Slack delivered twice', async () => {
    const ts = await post(crew);
    crew.workspace.faults.duplicateDeliveries(true);
    const result = await crew.workspace.as('UDANA').press('CALERTS', ts, 'retry-run.v1');
    crew.workspace.faults.duplicateDeliveries(false);
    expect(result.acked).toBe(true);
    expect(crew.stored.size).toBe(1);
    expect(result.responses).toEqual([]);
  });

  it('answers inside the thread where the button is in one', async () => {
    const parent = await post(crew);
    jest.spyOn(crew.services.presses, 'storeOnce').mockResolvedValue('away');
    const { ts } = await crew.slack.postMessage({
      ...renderAlert(view()),
      channel: 'CALERTS',
      threadTs: parent,
      postId: 'r',
    });
    const result = await crew.workspace.as('UDANA').press('CALERTS', ts, 'retry-run.v1');
    await toldTo(crew, result);
    expect(result.responses.at(-1)).toMatchObject({ thread_ts: parent });
  });

  const walked = stored.flatMap((listener) => [
    { title: 'a bot', who: { isBot: true }, listener },
    { title: 'somebody deactivated', who: { isDeactivated: true }, listener },
    ...(listener.needs === 'look' ? [] : [{ title: 'a guest', who: { isGuest: true }, listener }]),
  ]);
  it.each(walked.map((row) => ({ ...row, name: row.listener.name })))(
    'leave it to the worker to refuse $name to $title, and count it as not allowed',
    async ({ who, name }) => {
      crew.actors.set('UGUS', actorOf('UGUS', who));
      const result = await crew.workspace.as('UGUS').press('CALERTS', await post(crew, showing[name]), name);
      expect(result.acked).toBe(true);
      const kept = await crew.workspace.until(() => crew.recorded.find(({ slackId }) => slackId === 'UGUS'));
      expect(kept.outcome).toBe('not-allowed');
      expect([...crew.stored.values()]).toEqual([expect.objectContaining({ slackId: 'UGUS' })]);
    },
  );

  it.each([
    { title: 'does not say', get: () => Promise.reject(new Failure('unavailable', 'Slack')) },
    { title: 'takes its time to say', get: () => new Promise<never>(() => undefined) },
  ])('take a press at once of somebody of whom Slack $title who it is', async ({ get }) => {
    jest.spyOn(crew.services.actors, 'get').mockImplementation(get);
    const result = await crew.workspace.as('UDANA').press('CALERTS', await post(crew), 'retry-run.v1');
    expect(result.acked).toBe(true);
    expect(result.tookMs).toBeLessThan(pressDeadlineMs);
    expect(crew.stored.size).toBe(1);
    expect(result.responses).toEqual([]);
  });

  describe('refuse in private, and take nothing, when', () => {
    it.each([
      { title: 'the value is garbage', value: 'not json' },
      { title: 'the value is of an old form', value: JSON.stringify({ runId: 7 }) },
      { title: 'there is no value', value: undefined },
    ])('$title', async ({ value }) => {
      const element = {
        type: 'button' as const,
        action_id: 'retry-run.v1',
        text: { type: 'plain_text' as const, text: 'Retry' },
        value,
      };
      const blocks = [{ type: 'actions' as const, elements: [element] }];
      const { ts } = await crew.slack.postMessage({ text: 'old', blocks, channel: 'CALERTS', postId: 'old' });
      const result = await crew.workspace.as('UDANA').press('CALERTS', ts, 'retry-run.v1');
      expect(result.acked).toBe(true);
      expect(await toldTo(crew, result)).toMatch(/^That button is from an older message/);
      expect(crew.stored.size).toBe(0);
    });

    it('the button is of a release that nobody knows any more', async () => {
      const element = {
        type: 'button' as const,
        action_id: 'escalate.v0',
        text: { type: 'plain_text' as const, text: 'Up' },
      };
      const blocks = [{ type: 'actions' as const, elements: [element] }];
      const { ts } = await crew.slack.postMessage({ text: 'old', blocks, channel: 'CALERTS', postId: 'older' });
      const result = await crew.workspace.as('UDANA').press('CALERTS', ts, 'escalate.v0');
      expect(result.acked).toBe(true);
      expect(await toldTo(crew, result)).toMatch(/^That button is from an older message/);
    });

    it('it could not be stored within a second', async () => {
      jest
        .spyOn(crew.services.presses, 'storeOnce')
        .mockImplementation(
          (_press, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve('too-late'))),
        );
      const result = await crew.workspace.as('UDANA').press('CALERTS', await post(crew), 'retry-run.v1');
      expect(result.acked).toBe(true);
      expect(result.tookMs).toBeGreaterThan(pressDeadlineMs - 100);
      expect(result.tookMs).toBeLessThan(limits.ackMs);
      expect(await toldTo(crew, result)).toBe('I could not take that, nothing was changed. Please try again.');
    });
  });

  it('keeps quiet when a slow store has taken the press after all', async () => {
    let settle = (_outcome: 'stored') => {};
    jest.spyOn(crew.services.presses, 'storeOnce').mockImplementation(
      () =>
        new Promise((resolve) => {
          settle = resolve;
        }),
    );
    const result = await crew.workspace.as('UPRIYA').press('CALERTS', await post(crew), 'retry-run.v1');
    expect(result.acked).toBe(true);
    settle('stored');
    const done = await crew.workspace.until(() => crew.recorded.find(({ slackId }) => slackId === 'UPRIYA'));
    expect(done.outcome).toBe('ok');
    expect(result.responses).toEqual([]);
  });

  it('says honestly that it does not know when the database failed', async () => {
    jest.spyOn(crew.services.presses, 'storeOnce').mockRejectedValue(new Error('connection lost'));
    const result = await crew.workspace.as('UDANA').press('CALERTS', await post(crew), 'retry-run.v1');
    expect(result.acked).toBe(true);
    expect(await toldTo(crew, result)).toMatch(/please try again: it is done only once\.$/);
  });

  it('says that nothing was changed when the database is away', async () => {
    jest.spyOn(crew.services.presses, 'storeOnce').mockResolvedValue('away');
    const result = await crew.workspace.as('UDANA').press('CALERTS', await post(crew), 'retry-run.v1');
    expect(result.acked).toBe(true);
    expect(await toldTo(crew, result)).toBe('I could not take that, nothing was changed. Please try again.');
    expect(crew.stored.size).toBe(0);
  });

  it('looks before it says so: the row may be there', async () => {
    const { storeOnce } = crew.services.presses;
    jest.spyOn(crew.services.presses, 'storeOnce').mockImplementation(async (press, signal) => {
      await storeOnce(press, signal);
      throw new Error('connection lost after the commit');
    });
    const result = await crew.workspace.as('UPRIYA').press('CALERTS', await post(crew), 'retry-run.v1');
    const done = await crew.workspace.until(() => crew.recorded.find(({ slackId }) => slackId === 'UPRIYA'));
    expect(done.outcome).toBe('ok');
    expect(result.responses).toEqual([]);
  });
});

describe('the list of listeners', () => {
  it('knows every button that a message can show, and the other way round', () => {
    const ids = Object.values(buttons).map(({ id }) => id);
    const heard = listeners.filter(({ kind, name }: Listener) => kind === 'button' && name !== 'unknown');
    expect(heard.map(({ name }) => name).sort()).toEqual(ids.sort());
    for (const button of Object.values(buttons)) {
      expect(heard.find(({ name }) => name === button.id)?.needs).toBe(button.needs);
    }
  });
});
