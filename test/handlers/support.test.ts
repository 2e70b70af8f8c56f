import { renderInbox } from '../../src/slack/feedback-inbox';
import { renderHome } from '../../src/slack/home';
import { renderRequest, renderTriage } from '../../src/slack/request-card';
import { readChangeForm, renderChangeForm } from '../../src/slack/request-change-form';
import { requestMenu } from '../../src/slack/request-menu';
import { renderYouAskedMessage } from '../../src/slack/you-asked';
import { actorOf, type Crew, feedbackItem, feedbackTheme, runCrew, supportRequest } from './crew';

let crew: Crew;
beforeAll(async () => {
  crew = await runCrew('socket');
});
afterAll(() => crew.stop());
beforeEach(() => {
  crew.stored.clear();
  crew.recorded.length = 0;
  crew.threads.clear();
  crew.actors.clear();
});

const stored = () => [...crew.stored.values()];
const storedSoon = (name: string) =>
  crew.workspace.until(() => stored().find((press) => press.name === name), 5_000, name);

describe('what people write', () => {
  it('to the bot is stored under the id of the Slack event, and delivered again it is the same', async () => {
    const { ts } = crew.workspace.as('UDANA').post('CALERTS', '<@UBOT> my table is late');
    const press = await storedSoon('slack:app_mention');
    expect(press).toMatchObject({
      slackId: 'UDANA',
      channel: 'CALERTS',
      value: { ts, text: expect.stringContaining('late') },
    });
    const delivery = crew.workspace.state.deliveries.findLast(({ type }) => type === 'app_mention');
    if (!delivery) throw new Error('no delivery');
    await crew.workspace.redeliver(delivery);
    expect(stored().filter(({ name }) => name === 'slack:app_mention')).toHaveLength(1);
  });

  it('in the thread of a request is stored; all else there is nobody’s business', async () => {
    const dana = crew.workspace.as('UDANA');
    const other = dana.post('CALERTS', 'lunch?').ts;
    dana.post('CALERTS', 'no request', { threadTs: other });
    const { ts } = dana.post('CALERTS', 'where is it');
    crew.threads.add(ts);
    dana.post('CALERTS', 'still not there', { threadTs: ts });
    const press = await storedSoon('slack:message');
    expect(press.value).toMatchObject({ text: 'still not there', threadTs: ts });
    expect(stored()).toHaveLength(1);
    expect(crew.recorded).toEqual([]);
  });

  it('directly to the bot counts as use; to people, in a channel, it does not', async () => {
    const dana = crew.workspace.as('UDANA');
    dana.post(dana.direct(), 'how late is it');
    await storedSoon('slack:message');
    await crew.workspace.until(() => crew.recorded.length > 0, 5_000, 'recorded');
    expect(crew.recorded).toMatchObject([{ slackId: 'UDANA', what: 'message', outcome: 'ok' }]);
  });

  it('reaches us with the emoji of the settings alone', async () => {
    const { ts } = crew.workspace.as('UDANA').post('CALERTS', 'help');
    crew.workspace.as('UPRIYA').react('CALERTS', ts, 'tada');
    crew.workspace.as('UPRIYA').react('CALERTS', ts, 'ticket');
    expect(await storedSoon('slack:reaction_added')).toMatchObject({
      slackId: 'UPRIYA',
      value: { ts, author: 'UDANA' },
    });
    expect(stored()).toHaveLength(1);
  });

  it('is not acked while it cannot be stored, so that Slack delivers it again', async () => {
    const { presses } = crew.services;
    crew.services.presses = { ...presses, storeOnce: async () => 'away' };
    crew.workspace.as('UDANA').post('CALERTS', '<@UBOT> nobody is at home');
    await crew.workspace.until(() =>
      crew.workspace.state.deliveries.some(({ type, attempts }) => type === 'app_mention' && attempts.length > 1),
    );
    crew.services.presses = presses;
    await storedSoon('slack:app_mention');
  }, 15_000);
});

describe('what people change in Slack', () => {
  const kept = () => stored().map(({ value }) => value);

  it('is stored where we have its words: an edit with its text, and a deletion, also of what heads a thread', async () => {
    const dana = crew.workspace.as('UDANA');
    const { ts } = dana.post('CALERTS', 'where is it');
    crew.threads.add(ts);
    dana.edit('CALERTS', ts, 'where is the table');
    await crew.workspace.until(() => stored().length === 1, 5_000, 'the edit');
    const reply = dana.post('CALERTS', 'still not there', { threadTs: ts });
    dana.remove('CALERTS', ts);
    dana.remove('CALERTS', reply.ts);
    await crew.workspace.until(() => stored().length === 4, 5_000, 'the deletions');
    expect(kept()).toEqual([
      { text: 'where is the table', ts, change: 'edited', changedTs: expect.any(String) },
      expect.objectContaining({ text: 'still not there' }),
      { text: '', ts, change: 'deleted', changedTs: expect.any(String) },
      { text: '', ts: reply.ts, change: 'deleted', changedTs: expect.any(String) },
    ]);
    expect(stored().every(({ slackId }) => slackId === 'UDANA')).toBe(true);
    expect(crew.recorded).toEqual([]);
  });

  it('is stored of a mention that is deleted at once, since that may not have been heard yet', async () => {
    const dana = crew.workspace.as('UDANA');
    const { ts } = dana.post('CALERTS', '<@UBOT> never mind');
    dana.remove('CALERTS', ts);
    const deletion = await crew.workspace.until(() => kept().find(({ change }) => change === 'deleted'));
    expect(deletion).toMatchObject({ ts, text: '' });
  });

  it('is nobody’s business elsewhere; and neither is what we edit, or what Slack adds to a message', async () => {
    const dana = crew.workspace.as('UDANA');
    const { ts: other } = dana.post('CALERTS', 'lunch?');
    dana.edit('CALERTS', other, 'dinner?');
    dana.remove('CALERTS', other);
    expect(await crew.slack.messageAt('CALERTS', other)).toBeUndefined();
    const own = await crew.slack.postMessage({ channel: 'CALERTS', text: 'Failed', blocks: [], postId: 'p9' });
    crew.threads.add(own.ts);
    await crew.slack.updateMessage({ channel: 'CALERTS', ts: own.ts, text: 'Recovered', blocks: [] });
    const { ts } = dana.post('CALERTS', 'see https://x.example');
    crew.threads.add(ts);
    dana.edit('CALERTS', ts, 'see https://x.example');
    dana.edit('CALERTS', ts, 'see there');
    await crew.workspace.until(() => stored().length > 0, 5_000, 'the edit');
    expect(kept()).toMatchObject([{ text: 'see there', change: 'edited' }]);
  });
});

describe('the form', () => {
  it('opens with what was typed, and is stored once it is submitted', async () => {
    const dana = crew.workspace.as('UDANA');
    await dana.command('CALERTS', '/support', 'my table is late');
    const view = await crew.workspace.until(() =>
      crew.workspace.state.views('UDANA').find(({ callbackId }) => callbackId === 'ask-form.v1'),
    );
    expect(JSON.stringify(view.content)).toContain('my table is late');
    await dana.submit(view.id, {});
    expect(await storedSoon('ask-form.v1')).toMatchObject({
      slackId: 'UDANA',
      channel: 'CALERTS',
      value: { question: 'my table is late', isDirect: false, source: 'command' },
    });
  });

  it('brings the run of the alert along from its menu', async () => {
    const dana = crew.workspace.as('UDANA');
    const { ts } = await crew.slack.postMessage({ channel: 'CALERTS', text: 'Failed', blocks: [], postId: 'p1' });
    crew.alerts.add(ts);
    await dana.shortcut('ask-about.v1', { channelId: 'CALERTS', messageTs: ts });
    const view = await crew.workspace.until(() =>
      crew.workspace.state.views('UDANA').find(({ callbackId }) => callbackId === 'ask-form.v1'),
    );
    expect(JSON.stringify(view.content.blocks)).toContain('orders_daily');
    expect(JSON.parse(String(view.content.private_metadata))).toMatchObject({ threadTs: ts, about: { run: 'r1' } });
  });
});

describe('feedback', () => {
  beforeEach(() => crew.actors.set('UPRIYA', actorOf('UPRIYA', { teams: ['enablement'] })));

  const formOf = (person: string, id: string) =>
    crew.workspace.until(() => crew.workspace.state.views(person).find(({ callbackId }) => callbackId === id));

  it('typed with its words is stored; without, a form asks for them', async () => {
    const dana = crew.workspace.as('UDANA');
    await dana.command('CALERTS', '/support', 'feedback let me backfill from my phone');
    expect(await storedSoon('command:feedback')).toMatchObject({ value: { text: 'let me backfill from my phone' } });
    await dana.command('CALERTS', '/support', 'feedback');
    const view = await formOf('UDANA', 'give-feedback-form.v1');
    await dana.submit(view.id, { words: 'More of it' });
    expect(await storedSoon('give-feedback-form.v1')).toMatchObject({
      value: { words: 'More of it', source: 'command' },
    });
  });

  it('is sorted in a form that has the suggested theme chosen', async () => {
    const priya = crew.workspace.as('UPRIYA');
    await crew.slack.publishHome(
      'UPRIYA',
      renderHome(
        {
          mine: { requests: [], total: 0 },
          feedback: { items: [feedbackItem()], total: 1, fresh: 1 },
          command: '/support',
          timeZone: 'UTC',
          now: new Date(),
        },
        'person-UPRIYA',
      ),
    );
    await priya.pressHome('sort-feedback.v1');
    const view = await formOf('UPRIYA', 'sort-feedback-form.v1');
    expect(JSON.stringify(view.content)).toContain('"initial_option"');
    await priya.submit(view.id, {});
    expect(await storedSoon('sort-feedback-form.v1')).toMatchObject({
      value: { id: feedbackItem().id, status: 'new', themeId: feedbackTheme.id },
    });
  });

  it('is answered with a message that is shown, with those who get it, before it is sent', async () => {
    const priya = crew.workspace.as('UPRIYA');
    const inbox = renderInbox(
      { items: [feedbackItem()], total: 1, fresh: 1 },
      { timeZone: 'UTC', command: '/support', page: 1, limit: 15 },
    );
    const { ts } = await crew.slack.postMessage({ channel: 'CALERTS', ...inbox, postId: 'inbox' });
    await priya.press('CALERTS', ts, 'answer-feedback.v1');
    const form = await formOf('UPRIYA', 'answer-feedback-form.v1');
    await priya.submit(form.id, { words: 'It works from a *phone* now.' });
    const preview = await formOf('UPRIYA', 'send-answer.v1');
    const shown = JSON.stringify(preview.content);
    for (const each of ['@dana, @noah', 'It works from a', '1 person gets none', 'Send to 2'])
      expect(shown).toContain(each);
    await priya.submit(preview.id, {});
    expect(await storedSoon('send-answer.v1')).toMatchObject({
      value: { id: feedbackItem().id, scope: 'item', words: 'It works from a *phone* now.' },
    });
  });

  it('reaches who asked with the way not to get another', async () => {
    const message = renderYouAskedMessage({
      words: ['Let me <!channel>'],
      say: 'Done.',
      url: 'https://wiki.example/1',
    });
    await crew.slack.postMessage({ channel: 'CALERTS', ...message, postId: 'asked' });
    expect(message.text).toContain('Done.');
    expect(JSON.stringify(message.blocks)).not.toContain('<!channel>');
  });
});

const counts = { late: 2, free: 3, waiting: 1, snoozed: 0, held: [{ name: 'priya', total: 6 }, { total: 1 }] };

describe('the Home tab', () => {
  it('shows each request once, and how the queue stands', () => {
    const other = { ...supportRequest(), id: '00000000-0000-4000-8000-0000000000bb', number: 13 };
    const pressing = { priority: 'urgent' as const, dueAt: new Date(Date.now() + 3_600_000) };
    const taken = { ...supportRequest(), ...pressing, state: 'open' as const, assignee: 'person-UPRIYA' };
    const view = renderHome(
      {
        mine: { requests: [taken], total: 1 },
        queue: { requests: [taken, other], total: 5, ...counts },
        command: '/support',
        timeZone: 'UTC',
        now: new Date(),
      },
      'person-UPRIYA',
    );
    const text = JSON.stringify(view);
    expect(text.split('*#12*')).toHaveLength(2);
    expect(text.split('*#13*')).toHaveLength(2);
    expect(text).toMatch(/🔥 Urgent · due <!date[^>]*> · with/);
    for (const said of ['1 of it stands above', '… and 3 more', '💬 *1* waiting', '@priya 6 · @someone who left 1'])
      expect(text).toContain(said);
    expect(text).not.toContain('snoozed');
  });

  it('is brought up to date when it is opened, and on Refresh', async () => {
    const dana = crew.workspace.as('UDANA');
    dana.openHome('home');
    await crew.workspace.until(() => crew.homes.length === 1);
    const home = {
      mine: { requests: [supportRequest()], total: 1 },
      command: '/support',
      timeZone: 'UTC',
      now: new Date(),
    };
    await crew.slack.publishHome('UDANA', renderHome(home, 'person-UDANA'));
    await dana.pressHome('refresh-home.v1');
    await crew.workspace.until(() => crew.homes.length === 2);
  });

  it.each([
    { title: 'nothing', mine: [], says: ['Nothing right now', 'None yet'] },
    {
      title: 'a question for them',
      mine: [{ state: 'waiting' as const }],
      says: ['Waiting for an answer', 'None besides'],
    },
  ])('says what to do next to who has $title', async ({ mine, says }) => {
    const requests = mine.map((each) => ({ ...supportRequest(), ...each }));
    const view = renderHome(
      {
        mine: { requests, total: requests.length },
        queue: { requests, total: 40, ...counts },
        command: '/support',
        timeZone: 'UTC',
        now: new Date(),
      },
      'person-UDANA',
    );
    await crew.slack.publishHome('UDANA', view);
    for (const each of says) expect(JSON.stringify(view)).toContain(each);
    expect(JSON.stringify(view)).toContain('The queue of your team');
  });
});

describe('follow-ups on the Home tab', () => {
  const task = '00000000-0000-4000-8000-0000000000aa';

  it('are ticked there, each press once', async () => {
    const home = {
      mine: {
        requests: [],
        total: 0,
        tasks: [{ id: task, requestId: supportRequest().id, number: 12, words: 'ask Mei' }],
      },
      command: '/support',
      timeZone: 'UTC',
      now: new Date(),
    };
    await crew.slack.publishHome('UDANA', renderHome(home, 'person-UDANA'));
    await crew.workspace.as('UDANA').pressHome('finish-task.v1');
    const press = await storedSoon('finish-task.v1');
    expect(press).toMatchObject({ slackId: 'UDANA', value: { id: supportRequest().id, task } });
    expect([press.channel, press.messageTs]).toEqual([undefined, undefined]);
  });
});

describe('/support', () => {
  it.each([
    { typed: 'mine', who: {}, says: /You have no requests/ },
    { typed: 'queue', who: { teams: ['enablement'] }, says: /#12 Where is my table/ },
    { typed: 'queue', who: {}, says: /for the team that answers/ },
    { typed: 'overdue', who: { teams: ['enablement'] }, says: /What is late/ },
    { typed: 'pinned', who: { teams: ['enablement'] }, says: /How do I log in/ },
    { typed: 'pinned', who: {}, says: /for the team that answers/ },
    { typed: 'help', who: {}, says: /What \/support can do/ },
    { typed: 'mien', who: {}, says: /Did you mean \/support mine\?/ },
  ])('$typed says $says', async ({ typed, who, says }) => {
    crew.actors.set('UDANA', actorOf('UDANA', who));
    const before = crew.workspace.state.ephemerals('UDANA').length;
    await crew.workspace.as('UDANA').command('CALERTS', '/support', typed);
    const answer = await crew.workspace.until(() => crew.workspace.state.ephemerals('UDANA')[before]);
    expect(answer.text).toMatch(says);
  });
});

describe('the messages of a request', () => {
  const view = { ...supportRequest(), timeZone: 'Europe/Berlin', targetMinutes: 60, team: 'enablement' };
  const labels = (blocks: readonly object[]) =>
    blocks.flatMap((block) =>
      'elements' in block && 'type' in block && block.type === 'actions'
        ? (block.elements as { text?: { text: string } }[]).map(({ text }) => text?.text ?? '⋯')
        : [],
    );

  it.each([
    { title: 'open', of: {}, team: ['I take it', 'Write back…', '⋯'], asker: ['This is solved'] },
    {
      title: 'taken',
      of: { assignee: 'p', assigneeName: 'priya' },
      team: ['Solve…', 'Write back…', '⋯'],
      asker: ['This is solved'],
    },
    {
      title: 'solved',
      of: { state: 'solved' as const },
      team: ['Reopen', 'Pin answer…', '⋯'],
      asker: ['1 😞', '2', '3', '4', '5 😀', 'Still need help'],
    },
    {
      title: 'rated',
      of: { state: 'solved' as const, score: 5 },
      team: ['Reopen', 'Pin answer…', '⋯'],
      asker: ['1 😞', '2', '3', '4', '5 😀', 'Say why…', 'Still need help'],
    },
    { title: 'merged', of: { state: 'solved' as const, howSolved: 'merged' as const }, team: [], asker: [] },
    {
      title: 'erased',
      of: { state: 'solved' as const, question: '' },
      team: ['Reopen', 'Pin answer…', '⋯'],
      asker: [],
    },
  ])('offer what fits, when it is $title', ({ of, team, asker }) => {
    expect(labels(renderTriage({ ...view, ...of }).blocks)).toEqual(team);
    expect(labels(renderRequest({ ...view, ...of }).blocks)).toEqual(asker);
  });

  it('ask the same once more when their form is opened and filled in alike once more', async () => {
    crew.actors.set('UPRIYA', actorOf('UPRIYA', { teams: ['enablement'] }));
    const priya = crew.workspace.as('UPRIYA');
    const { ts } = await crew.slack.postMessage({ ...renderTriage(view), channel: 'CALERTS', postId: 'card' });
    const asked = () => stored().filter(({ name }) => name === 'ask-back-form.v1');
    for (const times of [1, 2]) {
      await priya.press('CALERTS', ts, 'ask-back.v1');
      const form = await crew.workspace.until(() =>
        crew.workspace.state.views('UPRIYA').find(({ callbackId }) => callbackId === 'ask-back-form.v1'),
      );
      await priya.submit(form.id, { question: 'Does it work now?' });
      expect(asked()).toHaveLength(times);
    }
  });

  it.each([
    { entry: 0, title: 'Hand over or move', asks: ['assignee', 'give', 'team', 'summary'] },
    { entry: 1, title: 'Priority and category', asks: ['priority', 'reason', 'category'] },
    { entry: 2, title: 'What it is about', asks: ['about', 'issue', 'merge'] },
    { entry: 3, title: 'Snooze', asks: ['snooze'] },
    { entry: 4, title: 'Follow-ups and notes', asks: ['tasks', 'note'] },
  ])('lead from their menu to “$title”, which asks for $asks only', async ({ entry, title, asks }) => {
    crew.actors.set('UPRIYA', actorOf('UPRIYA', { teams: ['enablement'] }));
    const menu = requestMenu(view.id);
    const { ts } = await crew.slack.postMessage({ ...renderTriage(view), channel: 'CALERTS', postId: 'menu' });
    await crew.workspace.as('UPRIYA').press('CALERTS', ts, 'request-menu.v1', { value: menu?.options[entry]?.value });
    const form = await crew.workspace.until(() =>
      crew.workspace.state
        .views('UPRIYA')
        .find(
          ({ callbackId, content }) =>
            callbackId === 'change-request-form.v1' && JSON.stringify(content.title).includes(title),
        ),
    );
    const fields = (form.content.blocks as { type: string; block_id?: string }[]).filter(
      ({ type }) => type === 'input',
    );
    expect(fields.map(({ block_id }) => block_id)).toEqual(asks);
  });

  it('have a menu after the end as well, with what there is still to do', () => {
    const over = { ...supportRequest(), state: 'solved' as const, resolution: 'Log in *anew*.' };
    expect(renderTriage({ ...view, ...over }).text).toContain('Solution: Log in');
    expect(JSON.stringify(renderTriage({ ...view, ...over }))).toContain('request-menu.v1');
    expect(requestMenu(view.id, 'solved')?.options.map(({ text }) => text.text)).toEqual([
      'Pipeline, issue, category…',
      'Follow-ups, private note…',
    ]);
    const form = renderChangeForm('link', over, { place: {}, categories: ['access'], queues: [] });
    const fields = form.blocks.flatMap((block) => (block.type === 'input' ? [block.block_id] : []));
    expect(fields).toEqual(['about', 'issue', 'category']);
  });

  it('lead from an older card to all of it in one form, and want a reason for another priority under its field', async () => {
    const form = renderChangeForm(undefined, supportRequest(), {
      place: {},
      categories: ['access'],
      queues: ['finance'],
    });
    expect(form.blocks.filter(({ type }) => type === 'input')).toHaveLength(13);
    expect(readChangeForm({ priority: 'high' }, { was: 'normal' })).toMatchObject({
      errors: { reason: expect.any(String) },
    });
    expect(readChangeForm({ priority: 'normal' }, { was: 'normal' }).ok).toBe(true);
    const at = new Date('2026-11-25T09:00:00Z');
    expect(readChangeForm({ snooze: '2026-11-23' }, { at })).toMatchObject({
      errors: { snooze: expect.stringContaining('over already') },
    });
    expect(readChangeForm({ snooze: '2026-11-25' }, { at }).ok).toBe(true);
    expect(readChangeForm({ merge: '#12' }, { number: 12 })).toMatchObject({
      errors: { merge: expect.stringContaining('this request itself') },
    });
    expect(readChangeForm({ merge: '13' }, { number: 12 }).ok).toBe(true);
    expect(readChangeForm({ give: 'turn', team: 'finance' })).toMatchObject({ errors: { give: expect.any(String) } });
  });

  it('are taken by Slack, and tell all in words alone', async () => {
    for (const message of [renderTriage(view), renderRequest(view), renderRequest({ ...view, state: 'solved' })]) {
      await crew.slack.postMessage({ ...message, channel: 'CALERTS', postId: 'p' });
      expect(message.text).toMatch(/#12/);
    }
  });

  it('cut a long question between its words, and leave out a category that nobody has given', () => {
    const question = 'Hi, I get "permission denied for schema finance" when I query revenue. Who can give me access?';
    const [headline, ...rest] = renderTriage({ ...view, question }).blocks;
    expect(JSON.stringify(headline)).toMatch(/when I query revenue. Who can…"/);
    expect(JSON.stringify(rest)).toContain('Who can give me access?');
    expect(JSON.stringify(rest)).not.toMatch(/Category|more characters/);
    expect(renderTriage({ ...view, category: 'access', priority: 'high' }).text).toMatch(/High.*Category: access/);
  });

  it('lead nobody of the team into a direct message', () => {
    const threadUrl = 'https://crew.slack.com/archives/D1/p1';
    expect(JSON.stringify(renderTriage({ ...view, threadUrl }))).toContain(threadUrl);
    const direct = JSON.stringify(renderTriage({ ...view, threadUrl, isDirect: true }));
    expect(direct).not.toContain(threadUrl);
    expect(direct).toContain('asks in a direct message');
  });

  it('want to know who is meant by what they need to know', () => {
    expect(readChangeForm({ summary: 'Grants are missing.' })).toMatchObject({
      errors: { summary: expect.any(String) },
    });
    expect(readChangeForm({ summary: 'Grants are missing.', give: 'queue' }).ok).toBe(true);
  });

  it('show what was asked in private to those who answer it, and to nobody else', async () => {
    crew.actors.set('UPRIYA', actorOf('UPRIYA', { teams: ['enablement'] }));
    const { requests } = crew.services;
    const sealed = { ...supportRequest(), isDirect: true, team: 'finance' };
    crew.services.requests = { ...requests, find: async () => sealed };
    const card = renderTriage({ ...view, isDirect: true, isSealed: true });
    const { ts } = await crew.slack.postMessage({ channel: 'CALERTS', ...card, postId: 'sealed' });
    const shownTo = async (who: string) => {
      await crew.workspace.as(who).press('CALERTS', ts, 'read-request.v1');
      return crew.workspace.until(() => {
        const view = crew.workspace.state.views(who).at(-1);
        const text = JSON.stringify(view?.content ?? {});
        return /It is about my|so this is for/.test(text) ? text : undefined;
      });
    };
    expect(await shownTo('UPRIYA')).toContain('It is about my');
    expect(await shownTo('UDANA')).toContain(
      'was asked in private, so this is for the finance team and the support team. If it is yours, you can write in our direct messages',
    );
    crew.services.requests = requests;
  });

  it('tell a guest who may, not whose pipeline it is', async () => {
    crew.actors.set('UGUS', actorOf('UGUS', { isGuest: true }));
    const { ts } = await crew.slack.postMessage({ ...renderTriage(view), channel: 'CALERTS', postId: 'guest' });
    await crew.workspace.as('UGUS').press('CALERTS', ts, 'ask-back.v1');
    const shown = () => JSON.stringify(crew.workspace.state.views('UGUS').at(-1)?.content ?? {});
    await crew.workspace.until(() => !/moment/.test(shown()) && shown() !== '{}');
    expect(shown()).toMatch(/for the team that answers/);
  });

  it('are another wish with each press, so that who was refused is in nobody’s way', async () => {
    const { ts } = await crew.slack.postMessage({ ...renderRequest(view), channel: 'CALERTS', postId: 'wishes' });
    const solved = () => stored().filter(({ name }) => name === 'request-solved.v1');
    for (const who of ['UPRIYA', 'UDANA']) await crew.workspace.as(who).press('CALERTS', ts, 'request-solved.v1');
    expect(solved().map(({ slackId }) => slackId)).toEqual(['UPRIYA', 'UDANA']);
  });

  it('show hostile words as words', () => {
    const { blocks } = renderTriage({ ...view, question: '<!channel> *now* <https://evil.example|click>' });
    // The headline is plain text, in which nothing is read as markup.
    const read = blocks.filter(({ type }) => type !== 'header');
    expect(JSON.stringify(read)).not.toMatch(/<!channel>|<https:\/\/evil/);
  });
});
