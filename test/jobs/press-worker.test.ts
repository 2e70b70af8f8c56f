import { randomUUID } from 'node:crypto';
import { listeners } from '../../handlers';
import { createActions } from '../../src/actions';
import { createPolicy } from '../../src/actions/policy';
import type { Actor } from '../../src/domain/actor';
import { mayOperate } from '../../src/domain/authorise';
import { Failure } from '../../src/domain/failure';
import type { PressAnswer } from '../../src/domain/press';
import { type Settings, SettingsFile } from '../../src/domain/settings';
import { createIncidents } from '../../src/incidents';
import { createMaintenance } from '../../src/incidents/maintenance';
import { createMembers } from '../../src/incidents/members';
import { createMutes } from '../../src/incidents/mutes';
import { createParked } from '../../src/incidents/parked';
import { createQuiet } from '../../src/incidents/quiet';
import { createSubscriptions } from '../../src/incidents/subscriptions';
import { createPressWorker, type PressWorkerDeps } from '../../src/jobs/press-worker';
import { createLogger } from '../../src/lib/logger';
import { createRequests } from '../../src/requests';
import { createFeedback } from '../../src/requests/feedback';
import { createPinned } from '../../src/requests/pinned';
import { createRequestTasks } from '../../src/requests/tasks';
import { buttons } from '../../src/slack/buttons';
import { subcommands } from '../../src/slack/commands';
import { dialogs } from '../../src/slack/dialogs';
import * as actionRows from '../../src/store/action-rows';
import * as pressRows from '../../src/store/press-rows';
import { abilitiesIn } from '../support/abilities';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import { createScriptedOrchestrator } from '../support/scripted-orchestrator';
import { createSetClock } from '../support/set-clock';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await emptyTables(
    database.db,
    'switches, presses, actions, audit, inbox, runs, pipelines, edges, posts, incident_members, incident_places, incidents',
  );
});

const member: Actor = {
  personId: '00000000-0000-4000-8000-00000000000a',
  slackId: 'U01DANA',
  name: 'Dana',
  isGuest: false,
  isBot: false,
  isDeactivated: false,
  teams: [],
  roles: [],
};
const people = new Map<string, Actor>(
  [
    member,
    { ...member, slackId: 'U02LEE', personId: '00000000-0000-4000-8000-00000000000b' },
    { ...member, slackId: 'U03GUEST', personId: '00000000-0000-4000-8000-00000000000c', isGuest: true },
    { ...member, slackId: 'U06OPAL', personId: '00000000-0000-4000-8000-00000000000f', roles: ['operator'] },
    { ...member, slackId: 'U04BOT', personId: '00000000-0000-4000-8000-00000000000d', isBot: true },
    { ...member, slackId: 'U05GONE', personId: '00000000-0000-4000-8000-00000000000e', isDeactivated: true },
  ].map((actor) => [actor.slackId, actor]),
);
const settings: Settings = {
  ...SettingsFile.parse({ defaultChannel: 'C0ALERTS' }),
  orchestrators: [{ name: 'prod', kind: 'maestro', headers: {}, actAs: 'email', settings: {} }],
  catalogue: [],
};

type Tell = { to: string; answer: PressAnswer };

/** One incident in C0ALERTS, its alert posted; and a worker for what is pressed on it. */
async function open(differs: Partial<PressWorkerDeps> = {}, inForce: Settings = settings) {
  const { db } = database;
  const log = createLogger('silent');
  const clock = createSetClock();
  const orchestrator = createScriptedOrchestrator();
  const incidents = createIncidents({
    clock,
    log,
    settings: () => settings,
    channelId: async (channel) => channel,
    decided: () => undefined,
  });
  const actor = async (slackId: string) => {
    const known = people.get(slackId);
    if (!known) throw new Error(`${slackId} is nobody`);
    return known;
  };
  const actions = createActions({
    db,
    clock,
    log,
    orchestrator: (name) => (name === 'prod' ? orchestrator : undefined),
    abilitiesOf: (name) => abilitiesIn(name === 'prod' ? orchestrator : undefined),
    nameFor: (_connection, { name }) => name,
    actor,
    ...createPolicy({ db, settings: () => inForce, clock }),
    profile: async (ref) => ({ ...ref, facts: {} }),
    downstream: async () => ({ nodes: [], edges: [], total: 0 }),
    platformChannel: () => '#platform',
    messageUrl: (channel, ts) => `https://slack.example/${channel}/${ts}`,
    uploadFile: async () => ({ fileId: 'F1' }),
    refresh: incidents.refresh,
    tell: incidents.tell,
    wakeDecider: async () => undefined,
    wakeOutbox: async () => undefined,
    wake: async () => undefined,
  });
  const event = (kind: 'failed' | 'succeeded', attempt: number) => ({
    source: 'test',
    id: `118:${attempt}`,
    kind,
    occurredAt: clock.now(),
    connection: 'prod',
    pipeline: 'orders_daily',
    run: '118',
    attempt,
    final: true,
  });
  const receive = (kind: 'failed' | 'succeeded', attempt: number) =>
    db.transaction((tx) => incidents.receive(tx, [{ event: event(kind, attempt) }]));
  const [opened] = await receive('failed', 1);
  const incidentId = opened?.incidentId ?? '';
  await db.query(`update posts set ts = '1764061200.000100', channel_id = 'C0ALERTS', state = 'sent'`);
  clock.pass(60_000);

  const lookUp = async () => ({ found: [{ connection: 'prod', key: 'orders_daily', facts: {} }], didYouMean: [] });
  const requests = createRequests({
    db,
    clock,
    settings: () => settings,
    redact: (text) => text,
    channelName: async () => 'help',
  });
  const quiet = createQuiet({ db, clock, settings: () => settings, refresh: incidents.refresh, tell: incidents.tell });
  const answers: Tell[] = [];
  const woken: string[] = [];
  const deps: PressWorkerDeps = {
    db,
    clock,
    log,
    incidents,
    quiet,
    mutes: createMutes({ db, clock, settings: () => settings, lookUp, channelName: async () => 'orders-data', quiet }),
    actions,
    digestPlans: { choose: async () => ({ kind: 'off' }) },
    pipelines: { log: async () => ({ lines: ['line 41', 'line 42'], fromLine: 41, totalLines: 42, step: 'load' }) },
    members: createMembers({
      clock,
      log,
      canRetry: () => true,
      uploadFile: async () => ({ permalink: 'https://files.example/F1' }),
    }),
    maintenance: createMaintenance({
      db,
      clock,
      settings: () => settings,
      known: async () => [],
      lookUp,
      mayOperate: () => ({ may: false, whoMay: 'people with the role *operator*' }),
    }),
    subscriptions: createSubscriptions({
      db,
      clock,
      settings: () => settings,
      known: async () => [{ connection: 'prod', key: 'orders_daily', facts: {} }],
      lookUp,
      channelName: async () => 'orders-data',
    }),
    parked: createParked({ clock }),
    owners: { tell: async () => ({ kind: 'told', channels: ['#finance'], count: 2 }) },
    feedback: createFeedback({ db, clock, settings: () => settings, redact: (text) => text }),
    pulse: { answer: async () => false, explain: async () => false },
    requests,
    messageAt: async () => undefined,
    aboutNamed: async () => undefined,
    assigning: { give: async () => undefined, atWork: async () => [] },
    pinned: createPinned({ db, clock, requests, redact: (text) => text }),
    questions: { pin: async () => 'gone', dismiss: async () => 'gone' },
    requestTasks: createRequestTasks({ clock, requests, redact: (text) => text }),
    settings: () => settings,
    mayOperate: (asker) => mayOperate(asker, settings),
    actor,
    async answer(press, answer) {
      answers.push({ to: press.slackId, answer });
    },
    async wakeAction(id) {
      woken.push(id);
    },
    wakeOutbox: async () => undefined,
    renewHome: async () => undefined,
    ...differs,
  };
  const worker = createPressWorker(deps);
  const press = async (
    name: string,
    { by = 'U01DANA', value = {} }: { by?: string; value?: Record<string, unknown> } = {},
  ): Promise<string> => {
    const key = randomUUID();
    await pressRows.storeOnce(db, {
      key,
      name,
      value: { incidentId, connection: 'prod', pipeline: 'orders_daily', run: '118', attempt: 1, turn: 0, ...value },
      slackId: by,
      channel: 'C0ALERTS',
      messageTs: '1764061200.000100',
      responseUrl: 'https://hooks.slack.example/answer',
      receivedAt: clock.now(),
    });
    return key;
  };
  return {
    worker,
    deps,
    actions,
    incidents,
    orchestrator,
    clock,
    answers,
    woken,
    incidentId,
    receive,
    press,
    async pressed(name: string, how?: { by?: string; value?: Record<string, unknown> }) {
      const key = await press(name, how);
      await worker.carryOutAll();
      return outcomeOf(key);
    },
  };
}

async function outcomeOf(key: string): Promise<string | null | undefined> {
  const [row] = await database.db.query<{ outcome: string | null }>(
    `select outcome from presses where press_key = $1 or press_key like $1 || '#%'`,
    [key],
  );
  return row?.outcome;
}

async function stories(): Promise<{ kind: string; [fact: string]: unknown }[]> {
  const rows = await database.db.query<{ notice: { kind: string } }>(
    `select notice from posts where role = 'reply' order by seq`,
  );
  return rows.map(({ notice }) => notice);
}

async function place(): Promise<{ by: string | null } | undefined> {
  const [row] = await database.db.query<{ by: string | null }>('select acknowledged_by as by from incident_places');
  return row;
}

describe('the press worker', () => {
  it('knows every button, dialog and command that changes something, and no other', async () => {
    const { worker } = await open();
    const changing = [...Object.values(buttons), ...Object.values(dialogs)].filter(({ changes }) => changes);
    const heard = listeners.flatMap(({ kind, name }) =>
      kind === 'event' && name !== 'app_home_opened' ? [`slack:${name}`] : [],
    );
    const typed = subcommands.filter(({ changes }) => changes).map(({ name }) => `command:${name}`);
    expect([...worker.names].sort()).toEqual([...changing.map(({ id }) => id), ...typed, ...heard].sort());
  });

  it('retries: asks for the action, wakes it, and answers by what the thread shows', async () => {
    const { pressed, woken, answers } = await open();
    await expect(pressed('retry-run.v1')).resolves.toBe('asked');
    const [action] = await database.db.query<{ id: string; kind: string; run: number }>(
      `select action_id as id, kind, (target #>> '{run,attempt}')::int as run from actions`,
    );
    expect(action).toMatchObject({ kind: 'retry', run: 1 });
    expect(woken).toEqual([action?.id]);
    expect(answers).toEqual([]);
    expect(await stories()).toMatchObject([{ kind: 'action-asked', by: 'U01DANA', action: 'retry' }]);
  });

  describe('with a policy that wants a second person', () => {
    const { policies } = SettingsFile.parse({ policies: { rules: [{ approve: ['retry'], by: 'owningTeam' }] } });
    const careful = { ...settings, policies };
    const waiting = async () => {
      const stage = await open({}, careful);
      await expect(stage.pressed('retry-run.v1')).resolves.toBe('awaiting-approval');
      const [action] = await database.db.query<{ id: string }>('select action_id as id from actions');
      return { ...stage, id: action?.id ?? '' };
    };

    it('begins when somebody else approves, not when the asker or a guest does', async () => {
      const { pressed, answers, woken, id } = await waiting();
      await expect(pressed('approve-action.v1', { value: { id } })).resolves.toBe('denied');
      await expect(pressed('approve-action.v1', { by: 'U03GUEST', value: { id } })).resolves.toBe('denied');
      expect(answers.at(-2)?.answer).toMatchObject({
        why: expect.stringMatching(/^A second person has to say yes; you can withdraw it\. This needs a yes from/),
      });
      await expect(pressed('approve-action.v1', { by: 'U02LEE', value: { id } })).resolves.toBe('done');
      expect(await database.db.query('select state from actions')).toEqual([{ state: 'asked' }]);
      expect(woken).toContain(id);
      await expect(pressed('decline-action.v1', { by: 'U02LEE', value: { id } })).resolves.toBe('already');
    });

    it('ends when somebody declines, or who asked takes it back; then it can be asked for again', async () => {
      const { pressed, id } = await waiting();
      await expect(pressed('withdraw-action.v1', { by: 'U02LEE', value: { id } })).resolves.toBe('denied');
      await expect(pressed('withdraw-action.v1', { value: { id } })).resolves.toBe('done');
      await expect(pressed('retry-run.v1', { value: { turn: 1 } })).resolves.toBe('awaiting-approval');
    });

    it('can be asked for again when nobody answered in time', async () => {
      const { pressed, actions, clock, id, incidentId } = await waiting();
      clock.pass(61 * 60_000);
      await actions.drive(id);
      expect(await database.db.query('select state from actions')).toEqual([{ state: 'expired' }]);
      const turn = await actionRows.countOf(database.db, incidentId);
      await expect(pressed('retry-run.v1', { value: { turn } })).resolves.toBe('awaiting-approval');
    });
  });

  describe('given the yes to a plan', () => {
    const planned = async (inForce?: Settings) => {
      const stage = await open({}, inForce);
      const run = (id: string) => ({ pipeline: { connection: 'prod', key: 'orders_daily' }, run: id, attempt: 1 });
      const answer = await stage.actions.plan({
        kind: 'retry',
        actor: member,
        aim: { kind: 'targets', targets: ['118', '119'].map((id) => ({ target: { kind: 'run', run: run(id) } })) },
        incidentId: stage.incidentId,
        pressed: { channel: 'C0ALERTS', messageTs: '1764061200.000100' },
      });
      if (answer.outcome !== 'planned') throw new Error(answer.outcome);
      return { ...stage, actionId: answer.actionId };
    };
    const pace = { canary: false, parallel: 7, stopAfter: 2 };
    const stored = () => database.db.query('select state, channel, pace from actions where part_of is null');

    it('begins it at the pace that was set, beside the alert', async () => {
      const { pressed, actionId, woken, answers } = await planned();
      await expect(pressed('plan.v1', { value: { actionId, pace } })).resolves.toBe('asked');
      expect(await stored()).toEqual([
        { state: 'asked', channel: 'C0ALERTS', pace: { ...pace, order: 'oldest-first', excused: 0 } },
      ]);
      expect(woken).toEqual([actionId]);
      expect(answers).toEqual([]);
      await expect(pressed('plan.v1', { value: { actionId } })).resolves.toBe('already');
    });

    it('refuses it to everybody else, privately and with what to do instead', async () => {
      const { pressed, actionId, answers } = await planned();
      await expect(pressed('plan.v1', { by: 'U03GUEST', value: { actionId } })).resolves.toBe('denied');
      await expect(pressed('plan.v1', { by: 'U02LEE', value: { actionId } })).resolves.toBe('cannot');
      expect(answers.at(-1)).toMatchObject({ to: 'U02LEE', answer: { say: expect.stringMatching(/make your own/) } });
      expect(await stored()).toMatchObject([{ state: 'planned' }]);
    });

    it('says that a plan has run out', async () => {
      const { pressed, actionId, answers, clock } = await planned();
      clock.pass(61 * 60_000);
      await expect(pressed('plan.v1', { value: { actionId, pace } })).resolves.toBe('cannot');
      expect(answers.at(-1)?.answer).toMatchObject({ say: 'That plan has expired. Please make a new one.' });
    });

    it('goes over no freeze that came meanwhile, unless an operator gives a reason', async () => {
      const frozen = structuredClone(settings);
      const { pressed, actionId, answers } = await planned(frozen);
      frozen.policies = SettingsFile.parse({
        policies: { freezes: [{ name: 'year end', from: '2020-01-01T00:00', to: '2099-01-01T00:00' }] },
      }).policies;
      await expect(pressed('plan.v1', { value: { actionId, pace } })).resolves.toBe('denied');
      await expect(pressed('plan.v1', { value: { actionId, pace, reason: 'now' } })).resolves.toBe('denied');
      expect(answers.map(({ answer }) => answer.kind)).toEqual(['denied', 'denied']);
      expect(await stored()).toMatchObject([{ state: 'planned' }]);
    });
  });

  it('pauses all bulk work for operators alone, tells the platform channel once, and lets it go on again', async () => {
    const { pressed, answers } = await open();
    const bulk = (text: string, by?: string) => pressed('command:bulk', { ...(by ? { by } : {}), value: { text } });
    await expect(bulk('off upgrade')).resolves.toBe('denied');
    await expect(bulk('off upgrade', 'U06OPAL')).resolves.toBe('switched');
    await expect(bulk('off', 'U06OPAL')).resolves.toBe('so-already');
    expect(answers.map(({ answer }) => answer)).toMatchObject([
      { kind: 'bulk', said: { kind: 'denied' } },
      { kind: 'bulk', said: { kind: 'switched', to: 'off', announcedIn: '#platform' } },
      { kind: 'bulk', said: { kind: 'so-already', by: 'U06OPAL' } },
    ]);
    await expect(bulk('on', 'U06OPAL')).resolves.toBe('switched');
    const notes = await database.db.query<{ channel: string; notice: object }>(
      `select channel, notice from posts where role = 'note' order by seq`,
    );
    expect(notes).toMatchObject([
      {
        channel: '#platform',
        notice: { kind: 'bulk-switched', to: 'off', by: 'U06OPAL', reason: 'upgrade', count: 0 },
      },
      { channel: '#platform', notice: { kind: 'bulk-switched', to: 'on' } },
    ]);
    await expect(bulk('what')).resolves.toBe('unclear');
  });

  it('holds a large action, lets it go on and cancels its rest; what comes too late is told privately', async () => {
    const { pressed, actions, answers, incidentId } = await open();
    const run = (id: string) => ({ pipeline: { connection: 'prod', key: 'orders_daily' }, run: id, attempt: 1 });
    const answer = await actions.plan({
      kind: 'retry',
      actor: member,
      aim: { kind: 'targets', targets: ['118', '119'].map((id) => ({ target: { kind: 'run', run: run(id) } })) },
      incidentId,
      pressed: { channel: 'C0ALERTS' },
    });
    if (answer.outcome !== 'planned') throw new Error(answer.outcome);
    const id = answer.actionId;
    const word = (name: string, turn = 0) => pressed(name, { value: { id, turn } });
    await expect(word('pause-action.v1')).resolves.toBe('gone');
    await expect(pressed('plan.v1', { value: { actionId: id } })).resolves.toBe('asked');
    await actions.drive(id);
    await expect(word('pause-action.v1')).resolves.toBe('done');
    await expect(word('pause-action.v1', 1)).resolves.toBe('already');
    await expect(word('resume-action.v1', 1)).resolves.toBe('done');
    await expect(word('cancel-action.v1', 2)).resolves.toBe('done');
    await expect(word('resume-action.v1', 3)).resolves.toBe('already');
    expect(answers.slice(1).map(({ answer }) => ('say' in answer ? answer.say : answer.kind))).toEqual([
      'It is paused already. Resume it, or cancel the rest, on its message.',
      'Its rest has been cancelled already; what has begun comes to its end.',
    ]);
  });

  it('goes on without a missing yes for an operator with a reason, and for nobody else', async () => {
    const { policies } = SettingsFile.parse({ policies: { rules: [{ approve: ['retry'], by: 'owningTeam' }] } });
    const { pressed, answers } = await open({}, { ...settings, policies });
    await expect(pressed('retry-run.v1')).resolves.toBe('awaiting-approval');
    const [action] = await database.db.query<{ id: string }>('select action_id as id from actions');
    const value = { id: action?.id, reason: 'the board waits' };
    await expect(pressed('glass.v1', { value })).resolves.toBe('denied');
    await expect(pressed('glass.v1', { by: 'U06OPAL', value: { ...value, reason: ' ' } })).resolves.toBe(
      'not understood',
    );
    await expect(pressed('glass.v1', { by: 'U06OPAL', value })).resolves.toBe('done');
    await expect(pressed('glass.v1', { by: 'U06OPAL', value })).resolves.toBe('already');
    expect(answers.at(-1)?.answer).toMatchObject({ say: expect.stringMatching(/decided already/) });
    expect(await database.db.query(`select what from audit where what = 'glass-broken'`)).toHaveLength(1);
  });

  it('stops whatever attempt runs now', async () => {
    const { pressed } = await open();
    await expect(pressed('stop-run.v1')).resolves.toBe('asked');
    expect(await database.db.query(`select kind, target #> '{run,attempt}' as attempt from actions`)).toEqual([
      { kind: 'stop', attempt: null },
    ]);
  });

  it('acknowledges, tells a second person whose it is, and gives it back', async () => {
    const { pressed, answers, clock } = await open();
    await expect(pressed('acknowledge.v1')).resolves.toBe('done');
    expect(await place()).toEqual({ by: 'U01DANA' });
    const at = clock.now();
    clock.pass(60_000);
    await expect(pressed('acknowledge.v1', { by: 'U02LEE' })).resolves.toBe('already');
    expect(answers).toEqual([{ to: 'U02LEE', answer: { kind: 'acknowledged', by: 'U01DANA', at } }]);
    await expect(pressed('unacknowledge.v1')).resolves.toBe('done');
    expect(await place()).toEqual({ by: null });
  });

  it('mutes for as long as was chosen, and unmutes', async () => {
    const { pressed, clock } = await open();
    const muted = () => database.db.query('select muted_by as by, muted_until as until from incident_places');
    await expect(pressed('mute.v1', { value: { minutes: 240 } })).resolves.toBe('done');
    expect(await muted()).toEqual([{ by: 'U01DANA', until: new Date(clock.now().getTime() + 240 * 60_000) }]);
    await expect(pressed('unmute.v1', { by: 'U02LEE' })).resolves.toBe('done');
    expect(await muted()).toEqual([{ by: null, until: null }]);
  });

  it('shows the log in the thread', async () => {
    const shown = await open();
    await expect(shown.pressed('show-log.v1')).resolves.toBe('log shown');
    expect(await stories()).toMatchObject([
      { kind: 'log', by: 'U01DANA', pipeline: 'orders_daily', text: 'line 41\nline 42', lines: 2, fromLine: 41 },
    ]);
  });

  it('lists in the thread who is hit; guests may look, bots may not', async () => {
    const { pressed, answers } = await open();
    await expect(pressed('show-members.v1', { by: 'U03GUEST' })).resolves.toBe('members shown');
    await expect(pressed('show-members.v1', { by: 'U04BOT' })).resolves.toBe('denied');
    expect(await stories()).toMatchObject([
      { kind: 'members', by: 'U03GUEST', members: [{ pipeline: 'orders_daily', isOver: false }], count: 1 },
    ]);
    expect(answers).toMatchObject([{ to: 'U04BOT', answer: { kind: 'denied' } }]);
  });

  it('says in the thread why there is no log', async () => {
    const missing = await open({ pipelines: { log: async () => ({ missing: 'prod keeps no logs.' }) } });
    await expect(missing.pressed('show-log.v1')).resolves.toBe('no log');
    expect((await stories()).at(-1)).toMatchObject({ kind: 'log-missing', say: 'prod keeps no logs.' });
  });

  it('lets guests see a log', async () => {
    const { pressed, answers } = await open();
    await expect(pressed('show-log.v1', { by: 'U03GUEST' })).resolves.toBe('log shown');
    expect(answers).toEqual([]);
  });

  it.each([
    ...['retry-run.v1', 'stop-run.v1', 'acknowledge.v1', 'unacknowledge.v1', 'mute.v1', 'unmute.v1'].flatMap((name) =>
      ['U03GUEST', 'U04BOT', 'U05GONE'].map((by) => ({ name, by })),
    ),
    { name: 'show-log.v1', by: 'U04BOT' },
    { name: 'show-log.v1', by: 'U05GONE' },
  ])('changes nothing when $by presses $name, and tells them alone', async ({ name, by }) => {
    const { pressed, answers } = await open();
    await expect(pressed(name, { by, value: { minutes: 60 } })).resolves.toBe('denied');
    expect(answers).toMatchObject([{ to: by, answer: { kind: 'denied' } }]);
    expect(await database.db.query('select 1 from actions')).toEqual([]);
    expect(await place()).toEqual({ by: null });
    expect(await stories()).toEqual([]);
  });

  it('keeps a refused change in the trail', async () => {
    const { pressed } = await open();
    await pressed('retry-run.v1', { by: 'U03GUEST' });
    expect(await database.db.query('select what, kind, person_id from audit')).toEqual([
      { what: 'refused', kind: 'retry', person_id: people.get('U03GUEST')?.personId },
    ]);
  });

  it('tells a second person that it was asked for, and the same person nothing', async () => {
    const { pressed, answers, clock } = await open();
    await pressed('retry-run.v1');
    const at = clock.now();
    clock.pass(5_000);
    await expect(pressed('retry-run.v1')).resolves.toBe('already');
    expect(answers).toEqual([]);
    await expect(pressed('retry-run.v1', { by: 'U02LEE' })).resolves.toBe('already');
    expect(answers).toEqual([{ to: 'U02LEE', answer: { kind: 'already', action: 'retry', by: 'U01DANA', at } }]);
    expect(await database.db.query('select 1 from actions')).toHaveLength(1);
  });

  it('says that it cannot, where the connection is not there', async () => {
    const { pressed, answers } = await open();
    await expect(pressed('retry-run.v1', { value: { connection: 'old' } })).resolves.toBe('cannot');
    expect(answers).toMatchObject([{ to: 'U01DANA', answer: { kind: 'cannot' } }]);
  });

  it.each(['retry-run.v1', 'stop-run.v1', 'acknowledge.v1', 'unacknowledge.v1', 'mute.v1', 'unmute.v1'])(
    'says of %s on an incident that is over that it is over',
    async (name) => {
      const { pressed, answers, receive } = await open();
      await receive('succeeded', 2);
      await expect(pressed(name, { value: { minutes: 60 } })).resolves.toBe('over');
      expect(answers).toEqual([{ to: 'U01DANA', answer: { kind: 'over' } }]);
    },
  );

  it.each([
    { what: 'an incident that is unknown', name: 'retry-run.v1', value: { incidentId: randomUUID() }, outcome: 'gone' },
    {
      what: 'an incident id that is none',
      name: 'retry-run.v1',
      value: { incidentId: '7' },
      outcome: 'not understood',
    },
    { what: 'no run', name: 'retry-run.v1', value: { run: undefined }, outcome: 'not understood' },
    { what: 'a mute without an end', name: 'mute.v1', value: {}, outcome: 'not understood' },
    { what: 'an attempt in words', name: 'acknowledge.v1', value: { attempt: 'first' }, outcome: 'not understood' },
    { what: 'a button of another release', name: 'retry-run.v7', value: {}, outcome: 'not understood' },
    { what: 'a name that every object has', name: 'constructor', value: {}, outcome: 'not understood' },
  ])('tells who pressed that it is gone, for $what', async ({ name, value, outcome }) => {
    const { pressed, answers } = await open();
    await expect(pressed(name, { value })).resolves.toBe(outcome);
    expect(answers).toEqual([{ to: 'U01DANA', answer: { kind: 'gone' } }]);
  });

  it('carries out what waits in the order in which it came', async () => {
    const { press, worker, incidentId } = await open();
    await press('acknowledge.v1');
    await press('unacknowledge.v1');
    await press('acknowledge.v1', { by: 'U02LEE' });
    await worker.carryOutAll();
    expect(await place()).toEqual({ by: 'U02LEE' });
    expect(incidentId).not.toBe('');
  });

  it('does not hold a refused press against the next person, who may', async () => {
    const { press, worker } = await open();
    const key = await press('retry-run.v1', { by: 'U03GUEST' });
    await worker.carryOutAll();
    const fresh = await pressRows.storeOnce(database.db, {
      key,
      name: 'retry-run.v1',
      value: {},
      slackId: 'U02LEE',
      receivedAt: new Date(),
    });
    expect(fresh).toBe(true);
  });

  it('is not stopped by an answer that cannot be told', async () => {
    const { press, worker } = await open({ answer: () => Promise.reject(new Error('Slack is away')) });
    const denied = await press('retry-run.v1', { by: 'U03GUEST' });
    const next = await press('acknowledge.v1');
    await worker.carryOutAll();
    await expect(outcomeOf(denied)).resolves.toBe('denied');
    await expect(outcomeOf(next)).resolves.toBe('done');
  });
});

describe('a press that breaks the worker', () => {
  const broken = { pipelines: { log: () => Promise.reject(new Error('a fault of ours')) } };

  it('does not hold up those behind it', async () => {
    const { press, worker } = await open(broken);
    await press('show-log.v1');
    const next = await press('acknowledge.v1');
    await worker.carryOutAll();
    await expect(outcomeOf(next)).resolves.toBe('done');
  });

  it('is tried again by each sweep, and set aside after five tries with a word to who pressed', async () => {
    const { press, worker, answers } = await open(broken);
    const key = await press('show-log.v1');
    for (let sweep = 1; sweep <= 4; sweep += 1) {
      await worker.carryOutAll();
      await expect(outcomeOf(key)).resolves.toBeNull();
      expect(answers).toEqual([]);
    }
    await worker.carryOutAll();
    await expect(outcomeOf(key)).resolves.toBe('fault');
    expect(answers).toEqual([{ to: 'U01DANA', answer: { kind: 'fault', id: expect.stringMatching(/^press \d+$/) } }]);
    await worker.carryOutAll();
    expect(answers).toHaveLength(1);
  });

  it('is carried out by the next sweep when what broke it has passed, and only once', async () => {
    let isBroken = true;
    const { press, worker, answers } = await open({
      async actor(slackId) {
        if (isBroken) throw new Error('a fault of ours');
        const known = people.get(slackId);
        if (!known) throw new Error('nobody');
        return known;
      },
    });
    const key = await press('acknowledge.v1');
    await worker.carryOutAll();
    isBroken = false;
    await Promise.all([worker.carryOutAll(), worker.carryOutAll(), worker.carryOutAll()]);
    await expect(outcomeOf(key)).resolves.toBe('done');
    expect(await stories()).toMatchObject([{ kind: 'acknowledged' }]);
    expect(answers).toEqual([]);
  });

  it.each([
    { what: 'Slack does not say who pressed', error: new Failure('unavailable', 'Slack') },
    { what: 'the database is away', error: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) },
  ])('waits as long as $what, and is carried out then', async ({ error }) => {
    let isAway = true;
    const { press, worker, answers } = await open({
      async actor(slackId) {
        const known = people.get(slackId);
        if (isAway || !known) throw error;
        return known;
      },
    });
    const key = await press('acknowledge.v1');
    for (let sweep = 1; sweep <= 10; sweep += 1) await worker.carryOutAll();
    await expect(outcomeOf(key)).resolves.toBeNull();
    isAway = false;
    await worker.carryOutAll();
    await expect(outcomeOf(key)).resolves.toBe('done');
    expect(answers).toEqual([]);
  });

  it('leaves nothing half done', async () => {
    const { press, deps, actions } = await open();
    const worker = createPressWorker({
      ...deps,
      actions: {
        ...actions,
        async request(tx, wish) {
          const answer = await actions.request(tx, wish);
          if (answer.outcome === 'asked') throw new Error('a fault of ours');
          return answer;
        },
      },
    });
    await press('retry-run.v1');
    await worker.carryOutAll();
    expect(await database.db.query('select 1 from audit')).toEqual([]);
    expect(await database.db.query('select attempts from presses')).toEqual([{ attempts: 1 }]);
  });
});
