import { readRequestView } from '../../src/outbox/request-view';
import { renderRequest, renderTriage } from '../../src/slack/request-card';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import { dana, noah, openStage, people, person, priya, question, stageSettings, tom, viewDeps } from './stage';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => emptyTables(database.db, 'requests, request_events, request_words, working_schedules, posts, people'));

const open = (more: Parameters<typeof openStage>[1] = {}) => openStage(database, more);
const inTurn = { ...stageSettings, support: { ...stageSettings.support, assign: 'turn' as const } };
const mei = person('U0MEI', 'f', { teams: ['finance'] });
people.set(mei.slackId, mei);

const told = async (role: string) =>
  database.db.query<{ what: string; notice: Record<string, unknown> }>(
    `select s.notice ->> 'what' as what, s.notice from posts s join posts own on own.request_id = s.request_id and own.role = $1
       and own.channel = s.channel where s.kind = 'story' order by s.seq`,
    [role],
  );

describe('in turn', () => {
  it('requests go to whoever was given none for longest, and the card says why', async () => {
    const { asked, written, all, requests, assigning } = await open({ settings: inTurn });
    await asked();
    for (const minute of [1, 2])
      await written(noah, `Question ${minute}`, { ts: `${1795597200 + minute * 60}.000100` });
    expect(await assigning.sweep()).toBe(3);
    const names = await Promise.all((await all()).map(async ({ id }) => (await requests.find(id))?.assigneeName));
    expect(names).toEqual(['0priya', '0tom', '0priya']);
    const last = (await told('triage')).at(-1)?.notice;
    expect(last).toMatchObject({ what: 'assigned', to: 'U0PRIYA', calls: true, turn: { atWork: 2 } });
    expect(await assigning.sweep()).toBe(0);
  });

  it('of two sweeps at once, one gives it', async () => {
    const { asked, kinds, assigning } = await open({ settings: inTurn });
    const id = await asked();
    const given = await Promise.all([assigning.sweep(), assigning.sweep()]);
    expect(given.sort()).toEqual([0, 1]);
    expect(await kinds(id)).toEqual(['opened', 'assigned']);
  });

  it.each([
    { title: 'people who left', members: ['U0GONE', 'U0TOM'], of: { isDeactivated: true } },
    { title: 'people for whom it is night', members: ['U0GONE', 'U0TOM'], of: { timeZone: 'Pacific/Kiritimati' } },
    { title: 'guests', members: ['U0GONE', 'U0TOM'], of: { isGuest: true } },
  ])('leave out $title', async ({ members, of }) => {
    people.set('U0GONE', person('U0GONE', '1', of));
    const hours = {
      ...inTurn.workspace,
      workingHours: { ...inTurn.workspace.workingHours, from: '07:00', to: '19:00' },
    };
    const { asked, requests, assigning } = await open({ settings: { ...inTurn, workspace: hours }, members });
    const id = await asked();
    await assigning.sweep();
    expect((await requests.find(id))?.assigneeName).toBe('0tom');
    people.delete('U0GONE');
  });

  it('wait while nobody is at work, and never go to who asked', async () => {
    const { asked, written, pressed, requests, assigning, all } = await open({
      settings: inTurn,
      members: ['U0PRIYA'],
    });
    await written(priya, 'Who knows the vault?', { ts: question });
    expect(await assigning.sweep()).toBe(0);
    const [own] = await all();
    expect((await pressed('change-request-form.v1', tom, { id: own?.id, give: 'turn' })).outcome).toBe('cannot');
    expect((await requests.find(own?.id ?? ''))?.assignee).toBeUndefined();
    expect(asked).toBeDefined();
  });

  it('is off unless the settings say so', async () => {
    const { asked, assigning } = await open();
    await asked();
    expect(await assigning.sweep()).toBe(0);
  });
});

describe('whoever has it', () => {
  it('hands it over with what the next one needs to know, who is called', async () => {
    const { asked, pressed, requests } = await open();
    const id = await asked();
    await pressed('claim-request.v1', priya, { id });
    await pressed('change-request-form.v1', priya, { id, give: 'turn', summary: 'Grants are missing.' });
    expect((await requests.find(id))?.assigneeName).toBe('0tom');
    expect((await told('triage')).at(-1)?.notice).toMatchObject({
      to: 'U0TOM',
      say: 'Grants are missing.',
      calls: true,
    });
    await pressed('change-request-form.v1', tom, { id, give: 'queue' });
    expect((await requests.find(id))?.assignee).toBeUndefined();
  });

  it('loses it when they leave the company, and the team hears so', async () => {
    const { asked, pressed, requests, assigning } = await open();
    const id = await asked();
    await pressed('claim-request.v1', tom, { id });
    people.set(tom.slackId, { ...tom, isDeactivated: true });
    expect(await assigning.sweep()).toBe(1);
    people.set(tom.slackId, tom);
    expect((await requests.find(id))?.assignee).toBeUndefined();
    expect((await told('triage')).map(({ what }) => what)).toEqual(['released']);
  });
});

describe('the queue of another team', () => {
  it('shows the card there, says so where it was, and lets its people answer', async () => {
    const { asked, pressed, requests, db } = await open();
    const id = await asked();
    expect((await pressed('claim-request.v1', mei, { id })).outcome).toBe('not-team');
    await pressed('claim-request.v1', priya, { id });
    await db.query(`update posts set state = 'sent', ts = '1.1', channel_id = 'C0TRIAGE' where role = 'triage'`);
    await pressed('change-request-form.v1', priya, { id, team: 'finance' });
    const cards = await db.query(
      `select role, channel, state from posts where role in ('triage', 'moved') order by seq`,
    );
    expect(cards).toEqual([
      { role: 'moved', channel: '#triage', state: 'waiting' },
      { role: 'triage', channel: '#finance', state: 'waiting' },
    ]);
    expect((await requests.queue({ actor: priya, limit: 5 })).total).toBe(0);
    expect((await requests.queue({ actor: mei, limit: 5 })).requests).toMatchObject([{ id, team: 'finance' }]);
    expect((await pressed('claim-request.v1', mei, { id })).outcome).toBe('done');
    expect((await pressed('solve-form.v1', mei, { id, resolution: 'Booked.' })).outcome).toBe('done');
  });

  it('hears what it needs to know, under its own card, and so does whoever takes it from the queue', async () => {
    const { asked, pressed, requests } = await open();
    const id = await asked();
    await pressed('claim-request.v1', priya, { id });
    await pressed('change-request-form.v1', priya, { id, give: 'queue', summary: 'I tried the grants.' });
    expect((await told('triage')).at(-1)).toMatchObject({ what: 'released', notice: { say: 'I tried the grants.' } });
    await pressed('change-request-form.v1', priya, { id, team: 'finance', summary: 'It is about hunter2.' });
    expect((await told('triage')).at(-1)).toMatchObject({ what: 'moved', notice: { say: 'It is about [removed].' } });
    await pressed('change-request-form.v1', mei, { id, team: 'enablement' });
    await pressed('change-request-form.v1', priya, { id, team: 'finance', assignee: mei.slackId, summary: 'Yours.' });
    expect((await requests.find(id))?.assigneeSlackId).toBe(mei.slackId);
    expect((await told('triage')).at(-1)).toMatchObject({ what: 'assigned', notice: { say: 'Yours.' } });
  });

  it('gives it back to the first one', async () => {
    const { asked, pressed, requests, db } = await open();
    const id = await asked();
    await pressed('change-request-form.v1', priya, { id, team: 'finance' });
    await pressed('change-request-form.v1', mei, { id, team: 'enablement' });
    expect((await requests.find(id))?.team).toBeUndefined();
    expect(await db.query(`select channel from posts where role = 'triage'`)).toEqual([{ channel: '#triage' }]);
    expect((await pressed('claim-request.v1', mei, { id })).outcome).toBe('not-team');
  });
});

describe('follow-ups', () => {
  const tasksOf = (id: string) =>
    database.db.query<{ id: string; done: boolean }>(
      `select task_id as id, done_at is not null as done from request_tasks where request_id = $1 order by seq`,
      [id],
    );

  it('stand on the card and under /support mine, and are ticked once, also after the end', async () => {
    const { asked, pressed, requests, kinds, db } = await open();
    const id = await asked();
    await pressed('claim-request.v1', priya, { id });
    await pressed('change-request-form.v1', priya, { id, tasks: '- ask Mei for hunter2\n\n• write it down' });
    await pressed('solve-form.v1', priya, { id, resolution: 'Done.' });
    expect((await requests.mine({ actor: priya, limit: 9 })).tasks.map(({ words }) => words)).toEqual([
      'ask Mei for [removed]',
      'write it down',
    ]);
    const [task] = await tasksOf(id);
    expect((await pressed('finish-task.v1', dana, { id, task: task?.id })).outcome).toBe('not-team');
    const both = [priya, tom].map((who) => pressed('finish-task.v1', who, { id, task: task?.id }));
    expect((await Promise.all(both)).map(({ outcome }) => outcome)).toEqual(['done', 'done']);
    expect((await kinds(id)).filter((kind) => kind === 'task-done')).toHaveLength(1);
    expect((await requests.mine({ actor: priya, limit: 9 })).tasks).toHaveLength(1);
    const view = await readRequestView(viewDeps(db), id, true);
    if (!view) throw new Error('no view');
    const blocks = JSON.stringify(renderTriage(view).blocks);
    expect(blocks).toContain('☐ write it down');
    expect(blocks).toContain('☑ ~ask Mei for [removed]~');
    expect(blocks).toContain('"action_id":"reopen-task.v1"');
  });

  it('that was ticked by mistake is to be done again, once however often it is said', async () => {
    const { asked, pressed, kinds, stories } = await open();
    const id = await asked();
    await pressed('change-request-form.v1', priya, { id, tasks: 'ask Mei' });
    const task = (await tasksOf(id))[0]?.id;
    await pressed('finish-task.v1', priya, { id, task });
    expect((await pressed('reopen-task.v1', dana, { id, task })).outcome).toBe('not-team');
    for (const who of [tom, priya]) await pressed('reopen-task.v1', who, { id, task });
    expect(await tasksOf(id)).toEqual([{ id: task, done: false }]);
    await pressed('finish-task.v1', tom, { id, task });
    expect((await kinds(id)).slice(-3)).toEqual(['task-done', 'task-reopened', 'task-done']);
    expect((await stories('triage')).slice(-3)).toEqual(['task-done', 'task-reopened', 'task-done']);
  });
});

describe('a duplicate', () => {
  it('goes on in the other, whose team sees it, and hears of its end where it was asked', async () => {
    const { asked, written, pressed, all, kinds } = await open();
    const id = await asked();
    await written(noah, 'The table is late', { ts: '1795597900.000100' });
    const other = (await all())[1];
    await pressed('change-request-form.v1', priya, { id: other?.id, merge: (await all())[0]?.number });
    expect(await kinds(id)).toEqual(['opened', 'took-over']);
    await pressed('solve-form.v1', priya, { id, resolution: 'It is there now.' });
    const heard = await database.db.query<{ what: string; say: string }>(
      `select notice ->> 'what' as what, notice ->> 'say' as say from posts where request_id = $1 and kind = 'story' order by seq`,
      [other?.id],
    );
    expect(heard).toEqual([
      { what: 'merged', say: null },
      { what: 'solved-elsewhere', say: 'It is there now.' },
    ]);
  });
});

it('a duplicate of a duplicate goes on where that one does, which both say by its number', async () => {
  const { asked, written, pressed, all, requests, db } = await open();
  const id = await asked();
  for (const ts of ['1795597900.000100', '1795597910.000100']) await written(noah, 'The table is late', { ts });
  const [first, second, third] = await all();
  await pressed('change-request-form.v1', priya, { id: second?.id, merge: first?.number });
  await pressed('change-request-form.v1', priya, { id: third?.id, merge: second?.number });
  expect(await requests.find(third?.id ?? '')).toMatchObject({ mergedInto: id });
  expect((await pressed('change-request-form.v1', priya, { id, merge: second?.number })).outcome).toBe('into-itself');
  const view = await readRequestView(viewDeps(db), third?.id ?? '', true);
  if (!view) throw new Error('no view');
  expect(
    [renderTriage(view).text, renderRequest(view).text].every((text) => text.includes(`in request #${first?.number}`)),
  ).toBe(true);
});

it('a snoozed one says until when', async () => {
  const { asked, pressed, db } = await open();
  const id = await asked();
  await pressed('change-request-form.v1', priya, { id, snooze: '2026-11-26' });
  const view = await readRequestView(viewDeps(db), id, true);
  expect(view && renderTriage(view).text).toContain('Snoozed until 26 Nov 2026');
});

it('a word where a duplicate was asked reaches who has the other one, and is no new request', async () => {
  const { asked, written, pressed, all } = await open();
  const id = await asked();
  await pressed('claim-request.v1', priya, { id });
  const ts = '1795597900.000100';
  await written(noah, 'The table is late', { ts });
  const other = (await all())[1];
  await pressed('change-request-form.v1', priya, { id: other?.id, merge: (await all())[0]?.number });
  await written(noah, 'Still late, hunter2', { ts: '1795597950.000100', threadTs: ts });
  expect(await all()).toHaveLength(2);
  expect((await told('triage')).at(-1)).toMatchObject({
    what: 'wrote',
    notice: { by: 'U0NOAH', to: 'U0PRIYA', say: 'Still late, [removed]', from: other?.number },
  });
});

it('a priority is told with its reason under the card', async () => {
  const { asked, pressed } = await open();
  await pressed('change-request-form.v1', priya, { id: await asked(), priority: 'high', reason: 'Month end' });
  expect((await told('triage')).at(-1)).toMatchObject({
    what: 'prioritised',
    notice: { priority: 'high', say: 'Month end' },
  });
});

it('a form of which one thing is refused changes nothing', async () => {
  const { asked, pressed, requests, kinds } = await open();
  const id = await asked();
  const said = await pressed('change-request-form.v1', priya, { id, issue: 'https://x.example/1', merge: 9_999_999 });
  expect(said.outcome).toBe('no-such');
  expect([(await requests.find(id))?.url, await kinds(id)]).toEqual([undefined, ['opened']]);
});

it('a private note is told under the card of the team alone', async () => {
  const { asked, pressed, stories } = await open();
  await pressed('change-request-form.v1', priya, { id: await asked(), note: 'VIP' });
  expect([await stories('request'), await stories('triage')]).toEqual([[], ['noted']]);
});
