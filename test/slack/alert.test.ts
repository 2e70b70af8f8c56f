import { missingOf } from '../../src/domain/ability';
import type { DisplayState, IncidentView } from '../../src/domain/incident';
import { renderAlert } from '../../src/slack/alert';
import { buttons } from '../../src/slack/buttons';
import { alertTargets, limits } from '../../src/slack/limits';
import { type Message, sizeOf, textsOf } from '../../src/slack/message';
import { checkBlocks } from '../../src/workspace/blocks/check';
import { only } from '../support/abilities';
import fc, { tries } from '../support/fast-check';
import { alerts, changed, later, member, nameOf, nine, view } from './views';

interface Pressable {
  action_id: string;
  text: { text: string };
  style?: string;
  value?: string;
  accessibility_label?: string;
  confirm?: { title: { text: string }; text: { text: string }; confirm: { text: string }; deny: { text: string } };
}

function buttonsOf(message: Message): Pressable[] {
  return message.blocks.flatMap((block) => (block.type === 'actions' ? (block.elements as Pressable[]) : []));
}
const headerOf = (message: Message): string =>
  message.blocks.map((block) => (block.type === 'header' ? block.text.text : '')).join('');
/** The texts in which Slack looks for markup. */
function marked(message: Message): string {
  const found: string[] = [];
  JSON.stringify(message.blocks, (_key, value) => {
    if (value?.type === 'mrkdwn') found.push(value.text);
    return value;
  });
  return found.join('\n');
}
const all = (message: Message): string => textsOf(message.blocks).join('\n');

describe.each(Object.entries(alerts))('the alert when %s', (_name, facts) => {
  const message = renderAlert(facts, nameOf);

  it('can be taken in at a glance', () => {
    expect(message.blocks.length).toBeLessThanOrEqual(alertTargets.blocks);
    expect(sizeOf(message.blocks)).toBeLessThanOrEqual(alertTargets.characters);
    expect(buttonsOf(message).length).toBeLessThanOrEqual(alertTargets.buttons);
    expect(buttonsOf(message).filter(({ style }) => style === 'primary').length).toBeLessThanOrEqual(1);
  });

  it('is taken by Slack', () => {
    expect(checkBlocks(message.blocks, 'message')).toEqual([]);
    expect(message.text.length).toBeLessThanOrEqual(limits.message.textAdvised);
  });

  it('names state, pipeline and step in headline and text', () => {
    for (const said of [headerOf(message), message.text]) {
      expect(said).toMatch(
        /(🔴 Failed|🟠 Late|🔁 Flapping|🟡 Retrying|👀 Acknowledged|🔕 Muted|🟢 Recovered|⚪ Skipped): orders_daily/,
      );
      if (facts.lead.step) expect(said).toContain('orders_daily / load_warehouse');
    }
    expect(headerOf(message).split(' ').length).toBeLessThan(10);
  });

  it('says since when, how long, which attempt, whose, what waits and where; unknown where it is not known', () => {
    const fields = message.blocks.flatMap((block) => (block.type === 'section' && block.fields ? block.fields : []));
    expect(fields).toHaveLength(6);
    for (const { text } of fields) expect(text).toMatch(/^\*[A-Z][a-z ]+\*\n\S/);
    for (const word of ['Attempt', 'Owner', 'Waiting downstream', 'Where']) expect(message.text).toContain(word);
    expect(message.text).toMatch(/CET/);
  });

  it('is a full account with the sound off', () => {
    expect(message.text).not.toMatch(/<!date|\*|`|undefined|NaN/);
    expect(message.text).toMatchSnapshot();
  });

  it('looks like this', () => expect(all(message)).toMatchSnapshot());

  it('labels each button with what it acts on', () => {
    for (const button of buttonsOf(message)) expect(button.accessibility_label).toContain('orders_daily');
  });
});

const accessoryOf = (facts: IncidentView) =>
  renderAlert(facts).blocks.flatMap((block) =>
    block.type === 'section' && block.accessory?.type === 'button' ? [block.accessory] : [],
  );

describe('the way to all that an alert only counts', () => {
  const others = ['refunds', 'stock'].map((name) => ({ ...member(), name, pipeline: name }));

  it.each([
    { title: 'is offered where more are hit than it names', more: { hereCount: 200, others }, says: 'Show all 200' },
    {
      title: 'is offered once all is over too',
      more: { hereCount: 200, others, state: 'recovered' as const, closedAt: later(9) },
      says: 'Show all 200',
    },
    {
      title: 'counts those elsewhere where none is hit',
      more: { hereCount: 0, elsewhereCount: 9_800, lead: { elsewhere: true } },
      says: 'Show all 9800',
    },
    { title: 'is not offered where all are named', more: { hereCount: 3, others }, says: undefined },
    { title: 'is not offered for one that is hit alone', more: {}, says: undefined },
  ])('$title', ({ more, says }) => {
    const button = accessoryOf(view(more)).find(({ action_id }) => action_id === 'show-members.v1');
    expect(button?.text.text).toBe(says);
  });
});

it.each([
  { kind: 'stop', says: 'Stopped by @Dana' },
  { kind: 'kill', says: 'Killed by @Dana' },
] as const)('says who ended a run that has failed before: $says', ({ kind, says }) => {
  const action = { id: 'a1', kind, by: 'UDANA', askedAt: later(1), state: 'succeeded' } as const;
  expect(JSON.stringify(renderAlert(view({ action }), () => 'Dana').blocks)).toContain(says);
});

describe('what waits downstream', () => {
  const long = 'Orders today for the whole of the European and Asian business';
  it.each([
    { downstream: ['board'], says: '1: board' },
    { downstream: ['board', 'revenue', 'stores'], says: '3: board, revenue, stores' },
    { downstream: ['board', 'revenue', 'stores', 'ledger'], says: '4: board, revenue, stores and 1 more' },
    { downstream: [long, 'load_table_00', 'load_table_01', 'x'], says: `4: ${long} and 3 more` },
    { downstream: [`${long}, ${long}`, 'board'], says: /^2: Orders today [^…]*… and 1 more$/ },
  ])('is named in whole names, and the rest is counted: $says', ({ downstream, says }) => {
    const field = renderAlert(view({ downstream }))
      .blocks.flatMap((block) => (block.type === 'section' ? (block.fields ?? []) : []))
      .find(({ text }) => text.includes('Waiting downstream'))
      ?.text.replace(/^.*\n/, '');
    if (typeof says === 'string') expect(field).toBe(says);
    else expect(field).toMatch(says);
  });
});

describe('an alert beside a large action', () => {
  it('says how many of its runs are through, and leads to the message that shows it', () => {
    const url = 'https://slack.example/C1/1.2';
    const asked = { id: 'a1', kind: 'retry', by: 'UDANA', askedAt: later(1) } as const;
    const action = { ...asked, state: 'releasing' as const, items: { done: 5, failed: 2, total: 14 }, url };
    const { text, blocks } = renderAlert(view({ state: 'retrying', action }));
    expect(JSON.stringify(blocks)).toContain(`5 of 14 done, 2 failed · <${url}|progress>`);
    expect(text).toContain('5 of 14 done, 2 failed');
  });

  it('stops nothing of it, and offers to retry the runs that it leaves as they are', () => {
    const action = { id: 'a1', kind: 'retry', by: 'UDANA', askedAt: later(1), state: 'releasing' } as const;
    const items = { done: 5, failed: 2, total: 14 };
    const row = (failedCount: number) =>
      buttonsOf(renderAlert(view({ state: 'retrying', failedCount, action: { ...action, items } }))).map(
        ({ text: label }) => label.text,
      );
    expect(row(30)).toEqual(['Retry the others', 'Show log']);
    expect(row(9)).toEqual(['Show log']);
  });

  it('says of what waits for a second person that it waits, not that it goes on, while a run does', () => {
    const url = 'https://slack.example/C1/1.2';
    const kill = { id: 'a2', kind: 'kill', by: 'UDANA', askedAt: later(2), state: 'awaiting-approval', url } as const;
    const { text, blocks } = renderAlert(view({ state: 'retrying', action: kill }), () => 'Dana');
    expect(JSON.stringify(blocks)).toContain(
      `🟡 Running again\\nKill asked by @Dana waits for a second person · <${url}|its message>`,
    );
    expect(text).toContain('Running again; Kill asked by @Dana waits for a second person.');
    expect(text).not.toContain('Killing');
  });

  it('says that it is paused, and what one can do about it', () => {
    const url = 'https://slack.example/C1/1.2';
    const action = { id: 'a1', kind: 'retry', by: 'UDANA', askedAt: later(1), state: 'paused', url } as const;
    const { text, blocks } = renderAlert(
      view({ failedCount: 30, action: { ...action, items: { done: 0, failed: 1, total: 14 } } }),
    );
    expect(text).toMatch(/^🔴 Failed: .*is paused: 0 of 14 done, 1 failed/);
    expect(JSON.stringify(blocks)).toContain(`is paused: 0 of 14 done, 1 failed · <${url}|progress>`);
    expect(JSON.stringify(blocks)).toContain('Retry all 30');
  });
});

describe('the way to the form of a backfill', () => {
  const beside = (more: Parameters<typeof view>[0]) =>
    accessoryOf(view({ abilities: ['retry', 'backfill'], ...more })).map(({ action_id }) => action_id);

  it('is among the other ways, and stands alone where there are none', () => {
    const lead = { ...view().lead, partition: '2026-11-24' };
    expect(beside({ lead })).toEqual(['other-ways.v1']);
    expect(beside({ lead: { ...lead, trouble: 'late' }, state: 'late' })).toEqual(['backfill.v1']);
    expect(beside({ lead, abilities: ['backfill'] })).toEqual(['backfill.v1']);
    expect(beside({ lead, state: 'recovered' })).toEqual([]);
    expect(beside({ lead: { ...lead, partition: '' }, abilities: ['backfill'] })).toEqual([]);
  });
});

describe('the buttons of an alert', () => {
  const closed = { closedAt: later(12) };
  it.each<{ state: DisplayState; ids: string[]; more?: Partial<IncidentView> }>([
    { state: 'failed', ids: ['retry-run.v1', 'show-log.v1', 'acknowledge.v1'] },
    { state: 'late', ids: ['show-log.v1', 'acknowledge.v1'] },
    { state: 'retrying', ids: ['show-log.v1', 'stop-run.v1'] },
    {
      state: 'failed',
      ids: ['show-log.v1', 'acknowledge.v1'],
      more: { action: { id: 'a1', kind: 'retry', by: 'UDANA', askedAt: later(1), state: 'awaiting-approval' } },
    },
    { state: 'acknowledged', ids: ['retry-run.v1', 'show-log.v1', 'unacknowledge.v1'] },
    { state: 'muted', ids: ['retry-run.v1', 'show-log.v1', 'unmute.v1'] },
    { state: 'recovered', ids: ['show-log.v1'], more: closed },
    { state: 'skipped', ids: ['show-log.v1'], more: closed },
  ])('are $ids when $state', ({ state, ids, more }) => {
    expect(buttonsOf(renderAlert(view({ state, ...more }))).map(({ action_id }) => action_id)).toEqual(ids);
  });

  const menusOf = (facts: IncidentView) =>
    renderAlert(facts).blocks.flatMap((block) =>
      block.type === 'section' && block.accessory?.type === 'overflow' ? [block.accessory] : [],
    );
  const incidentId = view().incidentId;
  const whyNot = { incidentId, whyNot: true };
  const mutes = [1, 4, 24].map((hours) => ({ incidentId, minutes: hours * 60 }));
  const closes = [
    { incidentId, close: 'unneeded' },
    { incidentId, close: 'elsewhere' },
  ];
  it.each<{ title: string; facts: IncidentView; chosen: unknown[] }>([
    { title: 'failed', facts: view(), chosen: [...mutes, ...closes] },
    { title: 'late', facts: view({ state: 'late' }), chosen: [...mutes, ...closes] },
    { title: 'acknowledged', facts: view({ state: 'acknowledged' }), chosen: [...mutes, ...closes] },
    { title: 'of others', facts: view({ isClosable: false }), chosen: mutes },
    {
      title: 'failed after a deploy',
      facts: view({ changed: { ...changed(), back: '11' }, abilities: ['retry', 'redeploy'] }),
      chosen: [{ incidentId, back: '11' }, ...mutes.filter(({ minutes }) => minutes !== 240), ...closes],
    },
    {
      title: 'failed after a deploy that cannot be taken back here',
      facts: view({ changed: { ...changed(), back: '11' } }),
      chosen: [...mutes, ...closes],
    },
    {
      title: 'failed after a deploy from a version whose name has no room',
      facts: view({ changed: { ...changed(), back: '2026.11.24-rc1' }, abilities: ['redeploy'] }),
      chosen: [...mutes, ...closes],
    },
    {
      title: 'failed where it cannot be retried',
      facts: view({ abilities: [], missing: missingOf(only('openLog')) }),
      chosen: [mutes[0], mutes[2], ...closes, whyNot],
    },
    {
      title: 'failed after a deploy where its log cannot be read',
      facts: view({
        changed: { ...changed(), back: '11' },
        abilities: ['retry', 'redeploy'],
        missing: missingOf(only('retry', 'redeploy')),
      }),
      chosen: [{ incidentId, back: '11' }, mutes[1], ...closes, whyNot],
    },
    { title: 'retrying', facts: view({ state: 'retrying' }), chosen: [] },
    { title: 'muted', facts: view({ state: 'muted' }), chosen: [] },
    { title: 'recovered', facts: view({ state: 'recovered', ...closed }), chosen: [] },
  ])('have a menu beside them to mute for hours, or to close it with a reason, when $title', ({ facts, chosen }) => {
    const menus = menusOf(facts);
    expect(menus.flatMap(({ options }) => options.map(({ value }) => buttons.more.decode(value)))).toEqual(
      chosen.map((value) => ({ ok: true, value })),
    );
    for (const { confirm } of menus) expect(confirm?.text.text).toContain('orders_daily');
  });

  it.each<[string, IncidentView, string | undefined]>([
    ['a failure', view({ missing: missingOf(only()) }), 'Why no Retry, Show log or Backfill?'],
    [
      'a failure after a change',
      view({ changed: changed(), missing: missingOf(only('retry')) }),
      'Why no Show log, Backfill or Redeploy?',
    ],
    [
      'a failure without a day',
      view({ lead: { partition: '' }, missing: missingOf(only('retry', 'openLog')) }),
      undefined,
    ],
    [
      'one that is late',
      view({ state: 'late', lead: { trouble: 'late' }, missing: missingOf(only()) }),
      'Why no Backfill?',
    ],
    ['one that runs', view({ state: 'retrying', missing: missingOf(only('retry')) }), 'Why no Show log or Stop?'],
    ['one that is over', view({ state: 'recovered', ...closed, missing: missingOf(only()) }), undefined],
  ])('say in their menu that there is a reason for what is missing of %s', (_title, facts, says) => {
    const options = menusOf(facts).flatMap((menu) => menu.options.map(({ text }) => text.text));
    expect(options.find((text) => text.startsWith('Why'))).toBe(says);
  });

  it('ask nothing first where the menu only tells why', () => {
    const [menu] = menusOf(view({ state: 'retrying', missing: missingOf(only()) }));
    expect(menu?.confirm).toBeUndefined();
  });

  it.each<[string, Partial<IncidentView>, boolean]>([
    ['where the cap is reached', { autoRetries: { used: 3, most: 3 } }, true],
    ['not before that', { autoRetries: { used: 2, most: 3 } }, false],
    ['not while it runs', { state: 'retrying', autoRetries: { used: 3, most: 3 } }, false],
    ['not where nobody allowed it', {}, false],
  ])('say that nothing goes by itself any more %s', (_title, differs, says) => {
    const { blocks, text } = renderAlert(view(differs));
    for (const told of [JSON.stringify(blocks), text])
      expect(told.includes("3 of 3 auto-retries used in 24 h: the next try is a person's")).toBe(says);
  });

  it('name a change of what feeds the pipeline as that', () => {
    const upstream = { ...changed({ pipeline: { connection: 'prod', key: 'raw_orders' } }), upstream: 'raw_orders' };
    expect(JSON.stringify(renderAlert(view({ changed: upstream })).blocks)).toContain(
      'version 12 of raw_orders, which feeds it, was put in force by a teammate',
    );
    const unnamed = {
      ...upstream,
      change: { ...upstream.change, kind: 'settings' as const, version: undefined, commit: undefined },
    };
    expect(renderAlert(view({ changed: unnamed })).text).toContain(
      'before it broke: raw_orders, which feeds it, was changed',
    );
  });

  it('leave out what the connection cannot do', () => {
    const ids = (facts: IncidentView) => buttonsOf(renderAlert(facts)).map(({ action_id }) => action_id);
    expect(ids(view({ abilities: [], hasLog: false }))).toEqual(['acknowledge.v1']);
    expect(ids(view({ state: 'retrying', abilities: ['retry'] }))).toEqual(['show-log.v1']);
    expect(ids(view({ state: 'recovered', hasLog: false }))).toEqual([]);
  });

  it('put the likely one first, and no stress on one that cannot help', () => {
    const [first] = buttonsOf(renderAlert(view()));
    expect(first).toMatchObject({ action_id: 'retry-run.v1', style: 'primary' });
    const cause = { title: 'Bad SQL', line: 'x', category: 'sql', retryable: 'no' as const };
    expect(buttonsOf(renderAlert(view({ cause })))[0]?.style).toBeUndefined();
  });

  it('ask before a run is stopped, naming it, with verbs on both answers', () => {
    const stop = buttonsOf(renderAlert(view({ state: 'retrying' }))).find(
      ({ action_id }) => action_id === 'stop-run.v1',
    );
    expect(stop?.style).toBe('danger');
    expect(stop?.confirm?.text.text).toContain('run-7');
    expect([stop?.confirm?.confirm.text, stop?.confirm?.deny.text]).toEqual(['Stop run', 'Keep running']);
  });

  it('carry ids only, and a new turn makes a new wish', () => {
    const [first] = buttonsOf(renderAlert(view({ turn: 3 })));
    expect(JSON.parse(first?.value ?? '')).toEqual({
      incidentId: view().incidentId,
      connection: 'prod',
      pipeline: 'orders_daily',
      partition: '2026-11-17',
      run: 'run-7',
      attempt: 2,
      turn: 3,
    });
  });
});

describe('an alert', () => {
  it('calls the team on call while it is failed, in blocks and text', () => {
    const message = renderAlert(view({ mention: 'SORDERS' }));
    expect(message.text).toContain('<!subteam^SORDERS>');
    expect(all(message)).toContain('<!subteam^SORDERS>');
  });

  it.each(['retrying', 'acknowledged', 'muted', 'recovered', 'skipped'] as const)('calls nobody when %s', (state) => {
    const facts = view({
      state,
      mention: 'SORDERS',
      owner: 'UPRIYA',
      recoveredBy: 'UDANA',
      acknowledged: { by: 'UDANA', at: later(1) },
      muted: { by: 'UDANA', until: later(9) },
    });
    const message = renderAlert(facts, nameOf);
    expect(`${message.text}${all(message)}`).not.toMatch(/<[@!](?!date)/);
  });

  it('says what brought it back where that was no retry', () => {
    const skipped = view({ state: 'recovered', closedAt: later(12), recoveredBy: 'UDANA', recoveredHow: 'skip' });
    expect(renderAlert(skipped, nameOf).text).toContain('Recovered after 12 min; skip by @dana');
  });

  it('names nobody by a mention on recovery, even when their name is not known', () => {
    const message = renderAlert(
      view({ state: 'recovered', closedAt: later(12), recoveredBy: 'UNOBODY', owner: 'UOWNER' }),
    );
    expect(`${message.text}${all(message)}`).not.toMatch(/<[@!](?!date)/);
    expect(message.text).toContain('Recovered after 12 min; retried by a teammate');
  });

  it('says who retries and how far it is', () => {
    expect(all(renderAlert(alerts.retrying ?? view(), nameOf))).toContain(
      '🟡 Retrying, asked by @dana: 3 of 5 steps done, now `load_warehouse`',
    );
  });

  it('says who mended it and how long it took', () => {
    const message = renderAlert(alerts.recovered ?? view(), nameOf);
    expect(all(message)).toContain('🟢 Recovered after 12 min; retried by @dana');
    expect(message.text).toContain('Recovered after 12 min; retried by @dana');
  });

  it('tells how often a retry helped, where one is offered', () => {
    expect(all(renderAlert(view()))).toContain('Retry fixed this 14 of 15 times, median 12 min');
    expect(all(renderAlert(view({ state: 'recovered' })))).not.toContain('14 of 15');
  });

  it('says what changed shortly before it broke, and only while that is worth a look', () => {
    const facts = alerts['failed after a deploy'] ?? view();
    const said = '14 min before it broke: version 12 was put in force by @dana';
    expect(all(renderAlert(facts, nameOf))).toContain(`🔧 ${said}`);
    expect(all(renderAlert(facts, nameOf))).toContain('<https://git.example/orders/12|Change>');
    expect(renderAlert(facts, nameOf).text).toContain(said);
    expect(all(renderAlert({ ...facts, state: 'recovered' }, nameOf))).not.toContain('before it broke');
  });

  it('counts the others here and elsewhere, and names some', () => {
    expect(all(renderAlert(alerts['failed with many others'] ?? view()))).toContain(
      'and 7 more here, 92 elsewhere (3 recovered so far): refunds, shipping, stock, prices, returns',
    );
  });

  it('counts them in the platform channel, where its own pipeline is elsewhere too', () => {
    const facts = view({ hereCount: 0, elsewhereCount: 100, lead: { elsewhere: true } });
    expect(all(renderAlert(facts))).toContain('and 99 elsewhere');
  });

  it('links to this run, its log and the runbook', () => {
    const said = all(renderAlert(view()));
    expect(said).toContain('<https://maestro.example/workflows/orders_daily/runs/run-7|Run>');
    expect(said).toContain('<https://maestro.example/workflows/orders_daily/runs/run-7/log|Log>');
    expect(said).toContain('<https://wiki.example/runbooks/orders_daily|Runbook>');
  });

  it('says why it came here', () => expect(all(renderAlert(view()))).toContain('Here because of: team orders'));

  const nasty = fc.oneof(
    fc.string({ maxLength: 400 }),
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.constantFrom(
      '<!channel>',
      '<@U0123ABCD>',
      '&amp;',
      '`'.repeat(300),
      '&'.repeat(500),
      '<'.repeat(500),
      '*'.repeat(500),
    ),
    fc.constant('🔴'.repeat(800)),
  );
  const address = fc.oneof(
    fc.constant(undefined),
    nasty,
    fc.integer({ min: 1, max: 4_000 }).map((n) => `https://a.example/${'x'.repeat(n)}`),
  );

  it('stays within its limits, calls nobody and is taken by Slack, whatever names and errors hold', () => {
    const views = fc.record({
      state: fc.constantFrom<DisplayState>(
        'failed',
        'late',
        'retrying',
        'acknowledged',
        'muted',
        'recovered',
        'skipped',
      ),
      name: nasty,
      text: nasty,
      url: address,
      run: nasty,
      others: fc.nat({ max: 5 }),
    });
    fc.assert(
      fc.property(views, ({ state, name, text, url, run, others }) => {
        const facts = view({
          state,
          cause: { title: text, line: text, category: 'x', retryable: 'maybe', nextStep: text },
          owner: text,
          team: name,
          runbook: url,
          environment: text,
          downstream: [name, text, name, text],
          routedBy: text,
          closedAt: later(3),
          recoveredBy: 'UDANA',
          acknowledged: { by: 'UDANA', at: later(1) },
          muted: { by: 'UDANA', until: later(1) },
          changed: {
            change: {
              pipeline: { connection: name, key: text },
              kind: 'deployed',
              version: text,
              by: text,
              url,
              at: nine,
            },
            beforeMs: 9e5,
            more: 3,
          },
          action: {
            id: 'a',
            kind: 'retry',
            state: 'failed',
            by: 'UDANA',
            askedAt: later(1),
            say: text,
            step: text,
            stepsTotal: 3,
          },
          others: Array.from({ length: others }, () => member({ name, partition: text })),
          hereCount: 1 + others,
          elsewhereCount: 3,
          lead: {
            name,
            step: text,
            error: text,
            url,
            logUrl: url,
            run: run || 'r',
            pipeline: name || 'p',
            partition: text,
          },
        });
        // Names of people come from outside as well.
        const message = renderAlert(facts, () => text);
        expect(message.blocks.length).toBeLessThanOrEqual(alertTargets.blocks);
        expect(sizeOf(message.blocks)).toBeLessThanOrEqual(alertTargets.characters);
        expect(checkBlocks(message.blocks, 'message')).toEqual([]);
        expect(message.text.length).toBeLessThanOrEqual(limits.message.textAdvised);
        const live = `${message.text}${marked(message)}`.match(/<[^<>]*>/g) ?? [];
        const meant = /^<(?:!date\^.*|https?:.*\|(?:Run|Log|Runbook|Change))>$/s;
        expect(live.filter((token) => !meant.test(token))).toEqual([]);
      }),
      { numRuns: tries(300) },
    );
  });
});

describe('an alert without a log', () => {
  const unknown = {
    title: 'Cause not recognised',
    line: 'it broke',
    category: 'unknown',
    retryable: 'maybe' as const,
    nextStep: 'Read the excerpt; if it is no help, open the whole log.',
  };
  it.each([
    { title: 'a connection with logs', facts: view({ cause: unknown }), advised: true },
    {
      title: 'a link to the log alone',
      facts: view({ cause: unknown, hasLog: false, lead: { logUrl: 'https://ci.example/1' } }),
      advised: true,
    },
    { title: 'neither', facts: view({ cause: unknown, hasLog: false, lead: { logUrl: undefined } }), advised: false },
    { title: 'a run that is late', facts: view({ cause: unknown, lead: { trouble: 'late' } }), advised: false },
  ])('sends nobody to read one: with $title, advised $advised', ({ facts, advised }) => {
    const message = renderAlert(facts, nameOf);
    for (const said of [all(message), message.text]) {
      expect(said).toContain('Cause not recognised');
      expect(said.includes('Next: Read the excerpt')).toBe(advised);
    }
  });

  it('still says what to do about a cause that is known', () => {
    const facts = view({ hasLog: false, lead: { logUrl: undefined } });
    expect(renderAlert(facts, nameOf).text).toContain('Next: give the step more memory');
  });
});

describe('an alert of a check', () => {
  it.each([
    { state: 'failed', headline: '🔴 Check failed: orders_daily / not_null' },
    { state: 'recovered', headline: '🟢 Recovered: orders_daily / not_null' },
  ] as const)('is headed "$headline" when $state', ({ state, headline }) => {
    const message = renderAlert(view({ state, lead: { trouble: 'check-failed', step: 'not_null' } }), nameOf);
    expect(headerOf(message)).toBe(headline);
    expect(message.text).toContain(headline);
  });
});
