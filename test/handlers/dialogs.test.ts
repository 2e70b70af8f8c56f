import { Failure } from '../../src/domain/failure';
import { renderAlert } from '../../src/slack/alert';
import { dialogs } from '../../src/slack/dialogs';
import { textsOf } from '../../src/slack/message';
import type { View } from '../../src/workspace/store';
import { plan, planId } from '../slack/plans';
import { alerts, view } from '../slack/views';
import { actorOf, type Crew, runCrew } from './crew';

const many = alerts['failed with many others'] ?? view();
let posts = 0;

describe.each(['socket', 'http'] as const)('dialogs over %s', (mode) => {
  let crew: Crew;
  beforeAll(async () => {
    crew = await runCrew(mode);
  });
  afterAll(() => crew.stop());
  afterEach(async () => {
    for (let open = top(); open; open = top()) await crew.workspace.as('UDANA').close(open.id);
    crew.actors.clear();
    crew.stored.clear();
    crew.asked.length = 0;
    crew.recorded.length = 0;
    jest.restoreAllMocks();
  });

  async function post(): Promise<string> {
    posts += 1;
    return (await crew.slack.postMessage({ ...renderAlert(many), channel: 'CALERTS', postId: `d${posts}` })).ts;
  }
  const press = async (who = 'UDANA') => crew.workspace.as(who).press('CALERTS', await post(), 'retry-all.v1');
  const top = (who = 'UDANA'): View | undefined => crew.workspace.state.views(who).at(-1);
  const textOf = (shown: View | undefined) => textsOf([shown?.content ?? {}]).join('\n');
  const showing = (pattern: RegExp, who = 'UDANA') =>
    crew.workspace.until(
      () => (pattern.test(textOf(top(who))) ? top(who) : undefined),
      12_000,
      `a dialog that says ${pattern}`,
    );
  const planShown = async (): Promise<View> => {
    await press();
    return showing(/Retry of 3 runs/);
  };

  it('opens at once, and shows the plan when it is made; nothing is stored before the yes', async () => {
    let make: () => void = () => undefined;
    const { make: made } = crew.services.plans;
    jest.spyOn(crew.services.plans, 'make').mockImplementation(async (wish) => {
      await new Promise<void>((resolve) => {
        make = resolve;
      });
      return made(wish);
    });
    const result = await press();
    expect(result.acked).toBe(true);
    await showing(/Looking at what it would touch/);
    await crew.workspace.until(() => jest.mocked(crew.services.plans.make).mock.calls.length > 0);
    make();
    await showing(/Retry of 3 runs of /);
    expect(crew.asked).toEqual([
      expect.objectContaining({
        kind: 'retry',
        aim: { kind: 'incident', incidentId: many.incidentId },
        incidentId: many.incidentId,
        pressed: { channel: 'CALERTS', messageTs: expect.any(String) },
        responseUrl: result.responseUrl,
      }),
    ]);
    expect(crew.stored.size).toBe(0);
    await crew.workspace.until(() => crew.recorded.length > 0);
    expect(crew.recorded).toEqual([expect.objectContaining({ what: 'retry-all.v1', outcome: 'ok' })]);
  });

  it('stores the yes with the pace that was set, then closes; submitted twice it is one wish', async () => {
    const { id } = await planShown();
    const dana = crew.workspace.as('UDANA');
    const [first] = await Promise.all([
      dana.submit(id, { canary: [], parallel: '5', stopAfter: '2' }),
      dana.submit(id, { canary: [], parallel: '5', stopAfter: '2' }),
    ]);
    expect(first).toMatchObject({ acked: true });
    expect(top()).toBeUndefined();
    expect([...crew.stored.values()]).toEqual([
      expect.objectContaining({
        key: `plan.v1:${planId}`,
        name: 'plan.v1',
        slackId: 'UDANA',
        channel: 'CALERTS',
        responseUrl: expect.stringMatching(/^http/),
        value: { actionId: planId, pace: { canary: false, parallel: 5, stopAfter: 2 } },
      }),
    ]);
  });

  it('keeps what was typed, and says under the field what is wrong with it', async () => {
    const { id } = await planShown();
    const { errors } = await crew.workspace.as('UDANA').submit(id, { parallel: '51', stopAfter: '3' });
    expect(errors).toEqual({ parallel: expect.stringMatching(/50/) });
    expect(top()?.id).toBe(id);
    expect(crew.stored.size).toBe(0);
  });

  it.each(['too-late', 'away', 'no answer'] as const)(
    'stays open, with what was typed, when the yes could not be taken: %s',
    async (how) => {
      const { id } = await planShown();
      jest
        .spyOn(crew.services.presses, 'storeOnce')
        .mockImplementation(() => (how === 'no answer' ? new Promise(() => undefined) : Promise.resolve(how)));
      const { acked } = await crew.workspace.as('UDANA').submit(id, { parallel: '7', stopAfter: '2' });
      expect(acked).toBe(true);
      await showing(
        how === 'no answer' ? /I could not find out whether/ : /I could not take that, nothing was changed/,
      );
      expect(top()?.values.parallel?.parallel?.value).toBe('7');
      jest.restoreAllMocks();
      await crew.workspace.as('UDANA').submit(id);
      expect(crew.stored.size).toBe(1);
      expect(top()).toBeUndefined();
    },
  );

  it('says privately what to do when Slack no longer lets it open', async () => {
    jest
      .spyOn(crew.services.dialogs, 'open')
      .mockRejectedValue(new Failure('rejected', 'Slack', { detail: 'expired_trigger_id' }));
    const result = await press();
    const answer = await crew.workspace.until(() => result.responses.at(-1), 8_000, 'a private answer');
    expect(answer.text).toMatch(/too little time to open the dialog.*Please press again/);
    expect(crew.asked).toEqual([]);
  });

  it('says privately that nothing was changed when it was closed before the plan was there', async () => {
    const { make } = crew.services.plans;
    jest.spyOn(crew.services.plans, 'make').mockImplementation(async (wish) => {
      const open = await crew.workspace.until(() => top());
      await crew.workspace.as('UDANA').close(open.id);
      return make(wish);
    });
    const result = await press();
    const answer = await crew.workspace.until(() => result.responses.at(-1), 8_000, 'a private answer');
    expect(answer.text).toMatch(/You closed the dialog before it was ready. Nothing was changed/);
  });

  it.each([
    { title: 'is not made in time', error: new Failure('unavailable', 'maestro'), says: /maestro did not answer/ },
    { title: 'cannot be made for a fault of ours', error: new Error('boom'), says: /Something went wrong on my side/ },
  ])('says why there is no plan when it $title, and can only be closed', async ({ error, says }) => {
    jest.spyOn(crew.services.plans, 'make').mockRejectedValue(error);
    await press();
    const shown = await showing(says);
    expect(shown.content.submit).toBeUndefined();
  });

  it('waits and asks once more when Slack wants us to slow down', async () => {
    const { update } = crew.services.dialogs;
    jest
      .spyOn(crew.services.dialogs, 'update')
      .mockRejectedValueOnce(new Failure('rate-limited', 'Slack', { retryAfterMs: 10 }))
      .mockImplementation(update);
    await press();
    await showing(/Retry of 3 runs/);
  });

  it('tells guests and bots that it is not for them, in the dialog', async () => {
    crew.actors.set('UDANA', actorOf('UDANA', { isGuest: true }));
    await press();
    await showing(/Guests may look, but not change anything/);
    expect(crew.asked).toEqual([]);
  });

  it('asks those who may for a reason to go over a freeze, and stores it', async () => {
    crew.actors.set('UDANA', actorOf('UDANA', { roles: ['operator'] }));
    jest.spyOn(crew.services.plans, 'make').mockResolvedValue({
      outcome: 'planned',
      actionId: planId,
      until: new Date(Date.now() + 60_000),
      plan: plan({ verdict: { verdict: 'deny', reason: 'Changes are frozen.', whoMay: '', freeze: 'year end' } }),
    });
    await press();
    const { id } = await showing(/break the glass/);
    const dana = crew.workspace.as('UDANA');
    expect((await dana.submit(id)).errors).toEqual({ reason: expect.any(String) });
    await dana.submit(id, { reason: 'the board waits' });
    expect([...crew.stored.values()][0]?.value).toMatchObject({ actionId: planId, reason: 'the board waits' });
  });

  it('brings the picture of what waits after the words, and keeps what was filled in meanwhile', async () => {
    const { fileId } = await crew.slack.uploadFile({
      name: 'a.png',
      title: 'a',
      content: Buffer.from('png'),
      alt: 'a',
    });
    let drawn: () => void = () => undefined;
    jest.spyOn(crew.services.pictures, 'plan').mockImplementation(async () => {
      await new Promise<void>((resolve) => {
        drawn = resolve;
      });
      return { fileId, alt: 'Graph: 2 things wait' };
    });
    const { id } = await planShown();
    await crew.workspace.until(() => jest.mocked(crew.services.pictures.plan).mock.calls.length > 0);
    expect(JSON.stringify(top()?.content.blocks)).not.toContain(fileId);
    const dana = crew.workspace.as('UDANA');
    const { errors } = await dana.submit(id, { parallel: '2', stopAfter: '0' });
    expect(errors).toBeDefined();
    drawn();
    await crew.workspace.until(() => JSON.stringify(top()?.content.blocks).includes(fileId));
    expect(top()?.values.parallel?.parallel?.value).toBe('2');
  });

  it('offers the other ways for one run, asks for what is missing, and shows the plan of the one that is chosen', async () => {
    posts += 1;
    const { ts } = await crew.slack.postMessage({ ...renderAlert(view()), channel: 'CALERTS', postId: `d${posts}` });
    const dana = crew.workspace.as('UDANA');
    await dana.press('CALERTS', ts, 'other-ways.v1');
    const { id } = await showing(/What shall be done with run run-7 of orders_daily/);
    expect((await dana.submit(id, { way: 'skip-step' })).errors).toEqual({ step: 'Please choose the step.' });
    await dana.submit(id, { way: 'skip-step', step: '0' });
    await showing(/Retry of 3 runs/);
    expect(crew.asked).toEqual([
      expect.objectContaining({
        kind: 'skip',
        incidentId: view().incidentId,
        aim: {
          kind: 'targets',
          targets: [
            {
              incidentId: view().incidentId,
              target: expect.objectContaining({ kind: 'steps', steps: ['load'] }),
            },
          ],
        },
      }),
    ]);
    expect(top()?.content.submit).toBeDefined();
  });

  it('leads from the other ways to the form of a backfill, with the day of the alert, and on to its plan', async () => {
    posts += 1;
    const lead = { ...view().lead, partition: '2026-11-24' };
    const message = renderAlert(view({ lead }));
    const { ts } = await crew.slack.postMessage({ ...message, channel: 'CALERTS', postId: `d${posts}` });
    const dana = crew.workspace.as('UDANA');
    await dana.press('CALERTS', ts, 'other-ways.v1');
    const { id } = await showing(/What shall be done with run run-7/);
    await dana.submit(id, { way: 'backfill' });
    const form = await showing(/30 4/);
    expect(JSON.stringify(form.content)).toContain('"initial_date":"2026-11-24"');
    await dana.submit(form.id, {});
    await showing(/Retry of 3 runs/);
    expect(crew.asked).toEqual([
      expect.objectContaining({
        kind: 'backfill',
        incidentId: view().incidentId,
        aim: expect.objectContaining({ kind: 'partitions', from: '2026-11-24', to: '2026-11-24' }),
      }),
    ]);
  });

  it('of an earlier release says that it has to be opened anew', async () => {
    const { id } = await planShown();
    jest.spyOn(dialogs.plan, 'decode').mockReturnValue({ ok: false, why: 'garbage' });
    await crew.workspace.as('UDANA').submit(id);
    await showing(/That dialog is from before I was renewed/);
    expect(crew.stored.size).toBe(0);
  });
});
