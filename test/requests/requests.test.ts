import { readRequestView } from '../../src/outbox/request-view';
import { renderRequest, renderTriage } from '../../src/slack/request-card';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import { dana, noah, openStage, priya, question, robot, stageSettings as settings, tom, viewDeps } from './stage';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() =>
  emptyTables(database.db, 'feedback_items, requests, request_events, request_words, working_schedules, posts, people'),
);

const open = () => openStage(database);

describe('a question', () => {
  it('in a support channel is a request in its own thread, and a card for the team', async () => {
    const { asked, requests, db } = await open();
    const id = await asked();
    expect(await requests.find(id)).toMatchObject({ state: 'open', threadTs: question, requesterName: '0dana' });
    const posts = await db.query(`select role, channel, thread_ts as "threadTs" from posts order by role`);
    expect(posts).toEqual([
      { role: 'request', channel: 'C0HELP', threadTs: question },
      { role: 'triage', channel: '#triage', threadTs: null },
    ]);
  });

  it('is one request, however often and by whichever way it arrives', async () => {
    const { asked, pressed, written, all } = await open();
    await asked();
    await written(dana, 'Where is my table?', { ts: question });
    await pressed('slack:app_mention', dana, { text: '<@UBOT> Where is my table?', ts: question });
    await pressed('slack:reaction_added', tom, { ts: question });
    expect(await all()).toHaveLength(1);
  });

  it('with an emoji is one of whom wrote it, not of whom put it there', async () => {
    const { pressed, all } = await open();
    await pressed('slack:reaction_added', tom, { ts: question }, 'C0RANDOM');
    expect(await all()).toMatchObject([{ requester: dana.personId, source: 'emoji' }]);
  });

  it('is kept as people read it: names, addresses, and what Slack escapes', async () => {
    const { written, all } = await open();
    await written(dana, 'Is &lt;b&gt; &amp; c for <@U0NOAH>? See <https://x.example/a?b=1&amp;c=2>', { ts: question });
    expect((await all())[0]?.question).toBe('Is <b> & c for @0noah? See https://x.example/a?b=1&c=2');
  });

  it('that calls the bot keeps what is said besides', async () => {
    const { pressed, all } = await open();
    await pressed('slack:app_mention', dana, { text: '<@UBOT> my table is late', ts: question });
    expect(await all()).toMatchObject([{ question: 'my table is late', source: 'mention' }]);
  });

  it('loses its secrets before it is stored', async () => {
    const { written, all } = await open();
    await written(dana, 'My password is hunter2', { ts: question });
    expect(await all()).toMatchObject([{ question: 'My password is [removed]' }]);
  });

  it('of an app is none', async () => {
    const { written, all } = await open();
    await written(robot, 'Build 12 is done', { ts: question });
    expect(await all()).toEqual([]);
  });

  it('in a form goes on where the person chose, and twice submitted is one', async () => {
    const { pressed, requests, all } = await open();
    const form = { origin: 'f1', source: 'command', question: 'Where is my table?', isDirect: true };
    for (const _ of [1, 2]) await pressed('ask-form.v1', dana, form);
    const [request] = await all();
    expect(await all()).toHaveLength(1);
    expect(await requests.find(request?.id ?? '')).toMatchObject({ channel: dana.slackId, isDirect: true });
  });

  it('is looked for in channels of the settings only', async () => {
    const { requests } = await open();
    const taken = await Promise.all(['C0HELP', 'C0OTHER', 'C0RANDOM'].map((id) => requests.takesPosts(id)));
    expect(taken).toEqual([true, true, false]);
  });
});

describe('directly to the bot', () => {
  const direct = (text: string, ts: string) => ({ text, ts, isDirect: true });

  it('people go on with what they asked there, thread or not, and a thanks at the end asks nothing', async () => {
    const { pressed, all, kinds, stories, clock, messages } = await open();
    await pressed('slack:message', dana, direct('Where is my table?', '1795597200.000200'), 'D0DANA');
    await pressed('slack:message', dana, direct('The one of orders', '1795597300.000200'), 'D0DANA');
    const [request] = await all();
    expect(await all()).toHaveLength(1);
    expect(await kinds(request?.id ?? '')).toEqual(['opened', 'said']);
    expect(await stories('request')).toEqual([]);
    clock.pass(2 * 3_600_000);
    messages.set('1795604300.000200', { user: dana.slackId, text: 'My dashboard is empty' });
    await pressed('slack:message', dana, direct('My dashboard is empty', '1795604300.000200'), 'D0DANA');
    await pressed('slack:message', dana, direct('thanks', '1795604400.000200'), 'D0DANA');
    expect(await stories('request')).toEqual(['added']);
    await pressed('request-solved.v1', dana, { id: request?.id });
    await pressed('slack:message', dana, direct('Thanks!', '1795604500.000200'), 'D0DANA');
    expect(await all()).toHaveLength(1);
    await pressed('slack:message', dana, direct('And where is the other?', '1795604600.000200'), 'D0DANA');
    expect(await all()).toHaveLength(2);
  });
});

describe('what is written in private', () => {
  it('reaches the team under its card, and the team writes back from there', async () => {
    const { pressed, all, db } = await open();
    const direct = (text: string, ts: string) => pressed('slack:message', dana, { text, ts, isDirect: true }, 'D0DANA');
    await pressed('ask-form.v1', dana, { origin: 'o', source: 'form', question: 'My pay is wrong', isDirect: true });
    const id = (await all())[0]?.id;
    await pressed('claim-request.v1', priya, { id });
    await pressed('ask-back-form.v1', priya, { id, question: 'Which month?' });
    await direct('October', '1795597400.000100');
    await direct('and row 5', '1795597410.000100');
    await direct('thanks!', '1795597420.000100');
    const under = (channel: string) =>
      db.query<{ said: string }>(
        `select concat_ws(' ', notice ->> 'what', notice ->> 'to', notice ->> 'say') as said from posts
         where kind = 'story' and channel = $1 order by seq`,
        [channel],
      );
    expect((await under('#triage')).map(({ said }) => said)).toEqual([
      'asked-back Which month?',
      'wrote U0PRIYA October',
      'wrote U0PRIYA and row 5',
    ]);
    expect((await under('U0DANA')).map(({ said }) => said)).toEqual(['claimed', 'asked-back U0DANA Which month?']);
  });
});

describe('two people who claim it at once', () => {
  it('get it once: the other hears who has it', async () => {
    const { asked, pressed, requests } = await open();
    const id = await asked();
    const done = await Promise.all([priya, tom].map((who) => pressed('claim-request.v1', who, { id })));
    expect(done.map(({ outcome }) => outcome).sort()).toEqual(['done', 'taken']);
    const winner = (await requests.find(id))?.assigneeName;
    expect(done.find(({ outcome }) => outcome === 'taken')?.answer).toEqual({
      kind: 'request',
      said: { kind: 'refused', number: expect.any(Number), because: 'taken', name: winner },
    });
  });

  it('may not, where they are not of the team', async () => {
    const { asked, pressed } = await open();
    const id = await asked();
    expect((await pressed('claim-request.v1', noah, { id })).outcome).toBe('not-team');
  });
});

describe('its thread', () => {
  it('stops the clock with a question of the team, and lets it go on with the answer', async () => {
    const { asked, written, requests, kinds } = await open();
    const id = await asked();
    await written(priya, 'Which table is it?', { ts: '1795597300.000100', threadTs: question });
    expect(await requests.find(id)).toMatchObject({ state: 'waiting' });
    expect((await requests.find(id))?.dueAt).toBeUndefined();
    await written(dana, 'orders', { ts: '1795597400.000100', threadTs: question });
    expect(await requests.find(id)).toMatchObject({ state: 'open', dueFor: 'next-response' });
    expect(await kinds(id)).toEqual(['opened', 'said', 'waiting', 'said', 'resumed']);
  });

  it('opens it again with a new message, and not with a thanks', async () => {
    const { asked, written, pressed, requests, stories } = await open();
    const id = await asked();
    await pressed('solve-form.v1', priya, { id, resolution: 'It is there now.' });
    expect(await requests.find(id)).toMatchObject({ state: 'solved', resolution: 'It is there now.' });
    await written(dana, 'Thanks!', { ts: '1795597400.000100', threadTs: question });
    expect(await requests.find(id)).toMatchObject({ state: 'solved' });
    await written(dana, 'Gone again', { ts: '1795597500.000100', threadTs: question });
    expect(await requests.find(id)).toMatchObject({ state: 'open' });
    expect(await stories('request')).toEqual(['solved']);
    expect(await stories('triage')).toEqual(['reopened']);
  });

  it('counts the last of several ratings, once for each that is another', async () => {
    const { asked, pressed, requests, kinds } = await open();
    const id = await asked();
    await pressed('solve-form.v1', priya, { id, resolution: 'It is there now.' });
    for (const word of ['two', 'five', 'five', 'four']) await pressed(`rate-request-${word}.v1`, dana, { id });
    expect((await requests.find(id))?.score).toBe(4);
    expect((await kinds(id)).filter((kind) => kind === 'rated')).toHaveLength(3);
  });

  it('is pressed twice by a nervous finger without a word, and later is told that it is so already', async () => {
    const { asked, pressed, clock } = await open();
    const id = await asked();
    const answers = async (name: string, who: typeof priya) => (await pressed(name, who, { id })).answer !== undefined;
    for (const [name, who] of [
      ['claim-request.v1', priya],
      ['request-solved.v1', dana],
      ['reopen-request.v1', dana],
    ] as const) {
      expect([await answers(name, who), await answers(name, who)]).toEqual([false, false]);
      clock.pass(11_000);
      expect(await answers(name, who)).toBe(true);
    }
  });

  it('tells who has it of an answer to the question of the team, since an edit calls nobody', async () => {
    const { asked, written, pressed, db } = await open();
    const id = await asked();
    await pressed('claim-request.v1', priya, { id });
    await pressed('ask-back-form.v1', priya, { id, question: 'Which table is it' });
    await written(noah, 'I wonder too', { ts: '1795597390.000100', threadTs: question });
    await written(dana, 'orders, hunter2', { ts: '1795597400.000100', threadTs: question });
    await written(dana, 'the big one', { ts: '1795597500.000100', threadTs: question });
    const told = await db.query(
      `select notice ->> 'what' as what, notice ->> 'to' as "to", notice ->> 'say' as say from posts
       where kind = 'story' and channel = '#triage' order by seq`,
    );
    expect(told).toEqual([{ what: 'wrote', to: 'U0PRIYA', say: 'orders, [removed]' }]);
  });

  it('goes on with an answer from the card, which stops no clock', async () => {
    const { asked, pressed, requests, stories } = await open();
    const id = await asked();
    await pressed('ask-back-form.v1', priya, { id, question: 'Why not try anew? It works.', as: 'answer' });
    expect(await requests.find(id)).toMatchObject({ state: 'open', firstResponseAt: expect.any(Date) });
    expect(await stories('request')).toEqual(['answered']);
  });

  it('counts a rating without words, and brings words that come later to the team alone', async () => {
    const { asked, pressed, requests, stories, db } = await open();
    const id = await asked();
    await pressed('solve-form.v1', priya, { id, resolution: 'It is there now.' });
    expect((await pressed('explain-rating-form.v1', dana, { id, words: 'Too slow.' })).outcome).toBe('not-rated');
    expect((await pressed('rate-request-two.v1', dana, { id })).answer).toMatchObject({
      said: { kind: 'rated', score: 2 },
    });
    expect((await pressed('explain-rating-form.v1', noah, { id, words: 'Mine!' })).outcome).toBe('not-yours');
    await pressed('explain-rating-form.v1', dana, { id, words: 'Too slow; hunter2 did not help.' });
    expect(await requests.find(id)).toMatchObject({ score: 2, scoreWords: 'Too slow; [removed] did not help.' });
    expect(await stories('request')).toEqual(['solved']);
    expect(await stories('triage')).toEqual(['rating-explained']);
    const [told] = await db.query<{ notice: object }>(
      `select notice from posts where notice ->> 'what' = 'rating-explained'`,
    );
    expect(told?.notice).toMatchObject({ score: 2, say: 'Too slow; [removed] did not help.' });
    expect(told?.notice).not.toHaveProperty('by');
    expect(await db.query('select words, source from feedback_items')).toEqual([
      { words: 'Too slow; [removed] did not help.', source: 'rating' },
    ]);
    await pressed('forget-me.v1', dana, { slackId: dana.slackId });
    expect(JSON.stringify(await db.query('select notice from posts'))).not.toContain('Too slow');
    expect(JSON.stringify(await db.query('select words from feedback_items'))).not.toContain('Too slow');
  });

  it('makes a new request of what is said a month after the end', async () => {
    const { asked, written, pressed, clock, all } = await open();
    await pressed('solve-form.v1', priya, { id: await asked(), resolution: 'Done.' });
    clock.pass(31 * 86_400_000);
    await written(dana, 'Gone again', { ts: '1798336000.000100', threadTs: question });
    expect(await all()).toMatchObject([{ state: 'solved' }, { state: 'open', source: 'again' }]);
  });

  it('is nothing to us where no request lives', async () => {
    const { written } = await open();
    expect((await written(dana, 'Hm', { ts: '1795597201.000100', threadTs: '1.1' })).outcome).toBe('no request there');
  });
});

describe('the form of the team', () => {
  it('changes all that was filled in, and asks why the priority changes', async () => {
    const { asked, pressed, requests, kinds } = await open();
    const id = await asked();
    expect((await pressed('change-request-form.v1', priya, { id, priority: 'urgent' })).outcome).toBe('cannot');
    await pressed('change-request-form.v1', priya, {
      id,
      priority: 'urgent',
      reason: 'board meeting',
      category: 'bug',
      assignee: tom.slackId,
      summary: 'She needs it by noon.',
      note: 'seen before',
    });
    expect(await requests.find(id)).toMatchObject({ priority: 'urgent', category: 'bug', assigneeName: '0tom' });
    expect(await kinds(id)).toEqual(['opened', 'noted', 'prioritised', 'categorised', 'assigned']);
  });

  it('says what it is about, by the name of a pipeline or the address of an alert', async () => {
    const { asked, pressed, requests, kinds, db } = await open();
    const id = await asked();
    expect((await pressed('change-request-form.v1', priya, { id, about: 'no_such' })).outcome).toBe('cannot');
    await pressed('change-request-form.v1', priya, { id, about: 'orders_daily' });
    expect(await requests.find(id)).toMatchObject({ connection: 'prod', pipeline: 'orders_daily', run: 'r7' });
    await pressed('change-request-form.v1', priya, { id, about: 'orders_daily' });
    const incidentId = '00000000-0000-4000-8000-0000000000ab';
    await db.query(
      `insert into incidents (incident_id, state, opened_at, last_failed_at, reason, saved_at) values ($1, 'open', now(), now(), 'x', now())`,
      [incidentId],
    );
    await db.query(
      `insert into posts (post_id, kind, role, incident_id, channel, channel_id, ts, urgency, next_at, created_at)
       values (gen_random_uuid(), 'state', 'parent', $1, '#data', 'C0DATA', '1795597000.000100', 1, now(), now())`,
      [incidentId],
    );
    const about = 'https://crew.slack.com/archives/C0DATA/p1795597000000100';
    await pressed('change-request-form.v1', priya, { id, about });
    expect(await requests.find(id)).toMatchObject({ incidentId });
    expect(await kinds(id)).toEqual(['opened', 'linked', 'linked', 'linked']);
  });

  it('is for the team: others change nothing with it', async () => {
    const { asked, pressed, kinds } = await open();
    const id = await asked();
    const tried = [
      await pressed('solve-form.v1', noah, { id, resolution: 'x' }),
      await pressed('ask-back-form.v1', noah, { id, question: 'x' }),
      await pressed('change-request-form.v1', noah, { id, note: 'x' }),
    ];
    expect(tried.map(({ outcome }) => outcome)).toEqual(['not-team', 'not-team', 'not-team']);
    expect(await kinds(id)).toEqual(['opened']);
  });

  it('merges it into another, and says so where there is none', async () => {
    const { asked, written, pressed, requests, all } = await open();
    const id = await asked();
    await written(noah, 'The table is late', { ts: '1795597900.000100' });
    const other = (await all())[1];
    expect((await pressed('change-request-form.v1', priya, { id, merge: 9_999_999 })).outcome).toBe('no-such');
    await pressed('change-request-form.v1', priya, { id, merge: other?.number });
    expect(await requests.find(id)).toMatchObject({ state: 'solved', howSolved: 'merged', mergedInto: other?.id });
  });
});

describe('what solved the like before', () => {
  it('is offered at once, and ends the request where that was enough', async () => {
    const { asked, pressed, written, requests, all, kinds, stories } = await open();
    const first = await asked();
    await pressed('solve-form.v1', priya, {
      id: first,
      resolution: 'The warehouse grants are missing: ask for role reader.',
    });
    await written(noah, 'where is the table of mine?', { ts: '1795597900.000100' });
    const second = (await all())[1]?.id ?? '';
    expect(await stories('request')).toEqual(['solved', 'answers']);
    expect((await pressed('answer-solved.v1', dana, { id: second, answer: first })).outcome).toBe('not-yours');
    expect((await pressed('answer-solved.v1', noah, { id: second, answer: first })).outcome).toBe('done');
    expect(await requests.find(second)).toMatchObject({ state: 'solved', howSolved: 'deflected' });
    expect(await kinds(second)).toEqual(['opened', 'answered-first', 'solved', 'surveyed']);
  });

  it('is offered once, however many it solved', async () => {
    const { asked, pressed, written, all, db } = await open();
    await pressed('solve-form.v1', priya, { id: await asked(), resolution: 'See the catalogue.' });
    await written(noah, 'Where is my table?', { ts: '1795597300.000100' });
    await pressed('solve-form.v1', priya, { id: (await all())[1]?.id, resolution: 'See the catalogue.' });
    await written(noah, 'Where is my table?', { ts: '1795597900.000100' });
    const offers = await db.query(
      `select jsonb_array_length(notice -> 'answers') as n from posts where notice ->> 'what' = 'answers' order by seq`,
    );
    expect(offers).toEqual([{ n: 1 }, { n: 1 }]);
  });

  it('is found by its letters, where the words are misspelt', async () => {
    const { asked, pressed, written, stories } = await open();
    await pressed('solve-form.v1', priya, { id: await asked(), resolution: 'See the catalogue.' });
    await written(noah, 'Wher is my tabel', { ts: '1795597900.000100' });
    expect(await stories('request')).toEqual(['solved', 'answers']);
  });

  it.each(['Where is my table?', 'Wher is my tabel'])('is not offered where it was opened again: %s', async (like) => {
    const { asked, pressed, written, stories } = await open();
    await pressed('solve-form.v1', priya, { id: await asked(), resolution: 'See the catalogue.' });
    await written(dana, 'Still not there', { ts: '1795597300.000100', threadTs: question });
    await written(noah, like, { ts: '1795597900.000100' });
    expect(await stories('request')).not.toContain('answers');
  });

  it('is not offered where it was asked in private, or is about something else', async () => {
    const { pressed, written, stories, all } = await open();
    const form = { origin: 'f1', source: 'command', question: 'Where is my table?', isDirect: true };
    await pressed('ask-form.v1', dana, form);
    await pressed('solve-form.v1', priya, { id: (await all())[0]?.id, resolution: 'In the vault.' });
    await written(noah, 'Where is my table?', { ts: '1795597900.000100' });
    await pressed('solve-form.v1', priya, { id: (await all())[1]?.id, resolution: 'In the catalogue.' });
    await written(noah, 'Please add Mei to the finance group', { ts: '1795597950.000100' });
    expect(await stories('request')).not.toContain('answers');
  });

  it('may not be enough: the team hears so', async () => {
    const { asked, pressed, kinds, stories } = await open();
    const id = await asked();
    await pressed('need-help-still.v1', dana, { id });
    expect(await kinds(id)).toEqual(['opened', 'needs-help-still']);
    expect(await stories('triage')).toEqual(['needs-help-still']);
  });
});

describe('the card of the team', () => {
  it('says what they would look up first: the run, why it failed, whose it is, what changed, what solved the like', async () => {
    const { asked, pressed, written, all, db, clock } = await open();
    const first = await asked();
    await pressed('solve-form.v1', priya, { id: first, resolution: 'Ask for the role reader.' });
    await written(noah, 'where is the table of mine?', { ts: '1795597900.000100' });
    const id = (await all())[1]?.id ?? '';
    const incidentId = '00000000-0000-4000-8000-0000000000ac';
    const at = (minutes: number) => new Date(clock.now().getTime() + minutes * 60_000);
    await db.query(
      `insert into incidents (incident_id, state, opened_at, last_failed_at, reason, saved_at, investigated_at, cause)
       values ($1, 'open', $2, $2, 'x', $2, $3, '{"title":"Permission denied","causeLine":"role reader is missing"}')`,
      [incidentId, at(-5), at(1)],
    );
    await db.query(
      `insert into incident_members (incident_id, connection, pipeline, partition, trouble, state, via, run, attempt, url, first_failed_at,
         last_failed_at, failures, channel)
       values ($1, 'prod', 'orders_daily', '', 'failed', 'failed', 'first', 'r7', 1, 'https://runs.example/r7', $2, $2, 1, '#data')`,
      [incidentId, at(-5)],
    );
    await db.query(
      `insert into changes (connection, pipeline, kind, version, by_whom, at, recorded_at) values ('prod', 'orders_daily', 'activated', '12', 'U0TOM', $1, $1)`,
      [at(-15)],
    );
    await db.query(
      `update requests set connection = 'prod', pipeline = 'orders_daily', run = 'r7', incident_id = $2 where request_id = $1`,
      [id, incidentId],
    );
    const view = await readRequestView(
      {
        db,
        settings: () => ({
          ...settings,
          catalogue: [{ pipeline: 'orders_daily', title: 'Orders', owner: 'mei@example.com', team: 'orders' }],
        }),
        clock: { now: () => new Date() },
        upstreamOf: async () => [],
        messageUrl: (channel, ts) => `https://crew.slack.com/${channel}/${ts}`,
        ownerName: async () => 'mei',
      },
      id,
      true,
    );
    if (!view) throw new Error('no view');
    const { text, blocks } = renderTriage(view, () => 'tom');
    for (const said of [
      '🔴 Failed: Orders, run r7',
      'Permission denied: role reader is missing',
      'Owner: mei, team orders',
      '10 min before it broke: version 12 was put in force by @tom',
      'Solved before, and alike: #',
    ])
      expect(text).toContain(said);
    expect(JSON.stringify(blocks)).toContain('<https://runs.example/r7|Run>');
    expect(JSON.stringify(blocks)).toContain(`<https://crew.slack.com/C0HELP/${question}|#`);
  });

  it('is shown anew when it becomes known why the run failed, and once', async () => {
    const { asked, requests, db, clock } = await open();
    const id = await asked();
    const incidentId = '00000000-0000-4000-8000-0000000000ad';
    await db.query(`update posts set state = 'sent', ts = '1.1', sent_at = $1, sent_version = wanted_version`, [
      clock.now(),
    ]);
    clock.pass(1_000);
    await db.query(
      `insert into incidents (incident_id, state, opened_at, last_failed_at, reason, saved_at, investigated_at) values ($1, 'open', $2, $2, 'x', $2, $2)`,
      [incidentId, clock.now()],
    );
    await db.query(`update requests set incident_id = $2 where request_id = $1`, [id, incidentId]);
    expect([await requests.sweep(), await requests.sweep()]).toEqual([1, 0]);
  });
});

describe('a request about a run', () => {
  it('stands still and asks once, when that has recovered', async () => {
    const { asked, pressed, requests, clock, db, stories } = await open();
    const id = await asked();
    const incidentId = '00000000-0000-4000-8000-0000000000aa';
    clock.pass(60_000);
    await db.query(
      `insert into incidents (incident_id, state, opened_at, last_failed_at, closed_at, reason, saved_at) values ($1, 'recovered', $2, $2, $2, 'x', $2)`,
      [incidentId, clock.now()],
    );
    await db.query(`update requests set incident_id = $2 where request_id = $1`, [id, incidentId]);
    clock.pass(60_000);
    await requests.sweep();
    expect(await requests.find(id)).toMatchObject({ state: 'waiting', waitsFor: 'verdict' });
    await pressed('need-help-still.v1', dana, { id });
    await requests.sweep();
    expect(await requests.find(id)).toMatchObject({ state: 'open' });
    expect(await stories('request')).toEqual(['run-recovered']);
  });
});

describe('by the clock', () => {
  it('the team is warned once before a promise is broken, and again for the next one', async () => {
    const { asked, written, requests, clock, stories, db } = await open();
    const id = await asked();
    const asking = (await requests.find(id))?.askedAt ?? new Date();
    clock.pass(46 * 60_000 - (clock.now().getTime() - asking.getTime()));
    expect([await requests.sweep(), await requests.sweep()]).toEqual([1, 0]);
    await written(priya, 'I look.', { ts: '1795600000.000100', threadTs: question });
    await db.query(`update requests set due_at = $2 where request_id = $1`, [id, clock.now()]);
    expect(await requests.sweep()).toBe(1);
    expect(await stories('triage')).toEqual(['due-soon', 'due-soon']);
  });

  it('a snoozed one wakes', async () => {
    const { asked, pressed, requests, clock } = await open();
    const id = await asked();
    const day = new Date(clock.now().getTime() + 2 * 86_400_000).toISOString().slice(0, 10);
    await pressed('change-request-form.v1', priya, { id, snooze: day });
    expect(await requests.find(id)).toMatchObject({ state: 'snoozed' });
    clock.pass(5 * 86_400_000);
    await requests.sweep();
    expect(await requests.find(id)).toMatchObject({ state: 'open' });
  });
});

it.each([
  ['its thread was deleted', 'thread_not_found'],
  ['its channel was archived', 'is_archived'],
])('goes on in a direct message when %s, with what could not be told there', async (_title, reason) => {
  const { asked, pressed, requests, db, kinds } = await open();
  const id = await asked();
  await pressed('claim-request.v1', priya, { id });
  await db.query(`update posts set state = 'sent', ts = '1.1', channel_id = 'C0HELP' where role = 'request'`);
  await db.query(`update posts set state = 'parked', parked_reason = $1 where role = 'reply'`, [reason]);
  await requests.sweep();
  expect(await requests.sweep()).toBe(0);
  expect(await requests.find(id)).toMatchObject({ channel: dana.slackId, isDirect: true });
  expect(await kinds(id)).toEqual(['opened', 'assigned', 'thread-lost']);
  const view = await readRequestView(viewDeps(db), id, false);
  expect(view && renderRequest(view).text).toMatch(/was (deleted|archived), so it goes on here/);
  const posts = await db.query(
    `select role, channel, state, ts, root_id is not null as inside from posts where role <> 'triage' order by seq`,
  );
  expect(posts).toEqual([
    { role: 'request', channel: dana.slackId, state: 'waiting', ts: null, inside: false },
    { role: 'reply', channel: dana.slackId, state: 'waiting', ts: null, inside: true },
  ]);
});

it.each(['triage', 'request'])(
  'has its message (%s) posted anew where somebody deleted it, once, while there is something to do',
  async (role) => {
    const { asked, pressed, requests, db } = await open();
    const id = await asked();
    const lose = () =>
      db.query(
        `update posts set state = 'parked', parked_reason = 'cant_update_message', ts = '1.1', channel_id = 'C0' where role = $1`,
        [role],
      );
    const card = () => db.query(`select state, ts, sent_version as sent from posts where role = $1`, [role]);
    await lose();
    expect([await requests.sweep(), await requests.sweep()]).toEqual([1, 0]);
    expect(await card()).toEqual([{ state: 'waiting', ts: null, sent: 0 }]);
    await pressed('solve-form.v1', priya, { id, resolution: 'Done.' });
    await lose();
    expect(await requests.sweep()).toBe(0);
  },
);

it('erases a person: their words and what leads to them, and leaves what happened', async () => {
  const { asked, written, pressed, requests, kinds, db } = await open();
  const id = await asked();
  await written(dana, 'The one of orders', { ts: '1795597300.000100', threadTs: question });
  expect((await pressed('forget-me.v1', priya, { slackId: dana.slackId })).outcome).toBe('denied');
  expect((await pressed('forget-me.v1', dana, { slackId: dana.slackId })).outcome).toBe('erased');
  const kept = await requests.find(id);
  expect(kept).toMatchObject({ state: 'solved', question: '' });
  expect(kept?.requesterName).toBeUndefined();
  expect(await db.query('select words from request_words')).toEqual([]);
  expect(await kinds(id)).toEqual(['opened', 'said', 'solved', 'surveyed']);
});

it('goes on without who is erased where the question of somebody else goes on in it', async () => {
  const { asked, written, pressed, requests, all } = await open();
  const id = await asked();
  await written(noah, 'The table is late', { ts: '1795597900.000100' });
  const [first, second] = await all();
  await pressed('change-request-form.v1', priya, { id: second?.id, merge: first?.number });
  await pressed('forget-me.v1', dana, { slackId: dana.slackId });
  expect(await requests.find(id)).toMatchObject({ state: 'open', question: '' });
});

it('has the messages of what is over say it anew without the words, once somebody is erased', async () => {
  const { asked, pressed, db } = await open();
  const id = await asked();
  await pressed('solve-form.v1', priya, { id, resolution: 'Done.' });
  await pressed('rate-request-two.v1', dana, { id });
  await pressed('explain-rating-form.v1', dana, { id, words: 'Too slow' });
  await db.query(`update posts set state = 'sent', ts = seq::text, channel_id = 'C0HELP'`);
  await pressed('forget-me.v1', dana, { slackId: dana.slackId });
  const stale = await db.query<{ role: string; what: string | null }>(
    `select role, notice ->> 'what' as what from posts where state = 'waiting' order by seq`,
  );
  expect(stale).toEqual([
    { role: 'request', what: null },
    { role: 'triage', what: null },
    { role: 'reply', what: 'solved' },
    { role: 'reply', what: 'rating-explained' },
  ]);
  expect(JSON.stringify(await db.query('select notice from posts'))).not.toContain('Too slow');
});

it('takes the words of who is erased out of the threads of others, too', async () => {
  const { asked, written, pressed, all, db } = await open();
  const first = await asked();
  const sure = 'S3CRET';
  await db.query(`update requests set question = $2 where request_id = $1`, [
    first,
    `${sure} customers warehouse broken`,
  ]);
  await pressed('solve-form.v1', priya, { id: first, resolution: `${sure} answer` });
  await written(noah, 'customers warehouse broken again', { ts: '1795597400.000100' });
  const other = (await all())[1]?.id ?? '';
  await pressed('change-request-form.v1', priya, { id: other, note: `${sure} note` });
  await written(dana, `${sure} again`, { ts: '1795597500.000100' });
  const merged = (await all())[2]?.id ?? '';
  await pressed('change-request-form.v1', priya, { id: merged, merge: (await all())[1]?.number });
  await db.query(`update posts set state = 'sent', ts = seq::text, channel_id = 'C0HELP'`);
  const shown = async () => JSON.stringify(await db.query('select notice from posts where notice is not null'));
  expect((await shown()).split(sure)).toHaveLength(1 + 7);

  await pressed('forget-me.v1', dana, { slackId: dana.slackId });
  expect((await shown()).split(sure)).toHaveLength(1 + 1);
  const stale = await db.query(
    `select role, notice ->> 'what' as what, notice -> 'answers' as answers from posts
     where state = 'waiting' and request_id = $1 order by seq`,
    [other],
  );
  expect(stale).toEqual([
    { role: 'triage', what: null, answers: null },
    { role: 'reply', what: 'answers', answers: [] },
    { role: 'reply', what: 'took-over', answers: null },
  ]);

  await pressed('forget-me.v1', priya, { slackId: priya.slackId });
  expect(await shown()).not.toContain(sure);
});

it('takes out the words of what ended long ago', async () => {
  const { asked, pressed, requests, clock, kinds, db } = await open();
  const id = await asked();
  await pressed('solve-form.v1', priya, { id, resolution: 'Done.' });
  clock.pass(731 * 86_400_000);
  await requests.upkeep();
  expect(await db.query(`select notice from posts where notice ? 'say'`)).toEqual([]);
  const kept = await requests.find(id);
  expect(kept).toMatchObject({ question: '' });
  expect(kept?.resolution).toBeUndefined();
  expect(await kinds(id)).toEqual(['opened', 'said', 'solved', 'surveyed']);
});

it('keeps what happened for ever', async () => {
  const { asked, db } = await open();
  await asked();
  await expect(db.query(`update request_events set kind = 'solved'`)).rejects.toThrow('append only');
});
