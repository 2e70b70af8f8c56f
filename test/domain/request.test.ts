import { isPleasantry } from '../../src/domain/pleasantry';
import { type Happened, priorities, type Request } from '../../src/domain/request';
import { apply } from '../../src/domain/request-state';
import { asksSomething, type By, decide, type RequestWish } from '../../src/domain/request-wish';
import { seeded } from '../support/seeded';

const nine = new Date('2026-11-24T09:00:00Z');
const minute = (minutes: number): Date => new Date(nine.getTime() + minutes * 60_000);

function request(more: Partial<Request> = {}): Request {
  return {
    id: 'r1',
    number: 12,
    state: 'open',
    requester: 'dana',
    isStaff: false,
    source: 'command',
    priority: 'normal',
    isDirect: false,
    askedAt: nine,
    requesterSaidAt: nine,
    question: 'Where is my table?',
    ...more,
  };
}

const dana: By = { person: 'dana', isTeam: false };
const noah: By = { person: 'noah', isTeam: false };
const priya: By = { person: 'priya', isTeam: true };
const tom: By = { person: 'tom', isTeam: true };
const pitcrew: By = { isTeam: false };
const solved = { state: 'solved', solvedAt: nine, howSolved: 'team' } as const;
const asked = { teamSaidAt: minute(1), teamAskedAt: minute(1) };

interface Case {
  title: string;
  is?: Partial<Request>;
  wish: RequestWish;
  by: By;
  at?: Date;
  /** The kinds of what happens, or why nothing does. */
  comes: string[] | string;
}

const cases: Case[] = [
  { title: 'a person of the team claims it', wish: { do: 'claim' }, by: priya, comes: ['assigned'] },
  {
    title: 'the second who claims it hears that it is taken',
    is: { assignee: 'priya' },
    wish: { do: 'claim' },
    by: tom,
    comes: 'taken',
  },
  {
    title: 'who claims it twice hears that it is theirs',
    is: { assignee: 'priya' },
    wish: { do: 'claim' },
    by: priya,
    comes: 'yours-already',
  },
  { title: 'a colleague may not claim it', wish: { do: 'claim' }, by: noah, comes: 'not-team' },
  { title: 'a solved one is not claimed', is: solved, wish: { do: 'claim' }, by: priya, comes: 'over' },
  {
    title: 'to claim a snoozed one wakes it',
    is: { state: 'snoozed' },
    wish: { do: 'claim' },
    by: priya,
    comes: ['woken', 'assigned'],
  },
  { title: 'the team assigns it', wish: { do: 'assign', to: 'tom', how: 'assign' }, by: priya, comes: ['assigned'] },
  {
    title: 'it is assigned to whom it is assigned',
    is: { assignee: 'tom' },
    wish: { do: 'assign', to: 'tom', how: 'assign' },
    by: priya,
    comes: 'same',
  },
  {
    title: 'Pitcrew assigns it in turn',
    wish: { do: 'assign', to: 'tom', how: 'turn' },
    by: pitcrew,
    comes: ['assigned'],
  },
  { title: 'nobody has it, so nobody gives it back', wish: { do: 'release' }, by: priya, comes: 'same' },
  { title: 'an answer of the team', wish: { do: 'say', words: 'It is loading.' }, by: priya, comes: ['said'] },
  {
    title: 'a question of the team stops the clock',
    wish: { do: 'say', words: 'Which table is it?' },
    by: priya,
    comes: ['said', 'waiting'],
  },
  {
    title: 'an address with a question mark is no question',
    wish: { do: 'say', words: 'See https://x.example/?a=1' },
    by: priya,
    comes: ['said'],
  },
  {
    title: 'a second question stops no clock that stands',
    is: { state: 'waiting', ...asked },
    wish: { do: 'say', words: 'And whose?' },
    by: priya,
    comes: ['said'],
  },
  {
    title: 'the answer of the requester lets it go on',
    is: { state: 'waiting', ...asked },
    wish: { do: 'say', words: 'orders' },
    by: dana,
    comes: ['said', 'resumed'],
  },
  {
    title: 'a bare yes answers a question',
    is: { state: 'waiting', ...asked },
    wish: { do: 'say', words: 'yes' },
    by: dana,
    comes: ['said', 'resumed'],
  },
  {
    title: 'a word of the requester wakes it',
    is: { state: 'snoozed' },
    wish: { do: 'say', words: 'Any news?' },
    by: dana,
    comes: ['woken', 'said'],
  },
  {
    title: 'a word of a colleague changes nothing',
    is: { state: 'waiting' },
    wish: { do: 'say', words: 'Me too' },
    by: noah,
    comes: ['said'],
  },
  {
    title: 'a new message reopens it',
    is: solved,
    wish: { do: 'say', words: 'It broke again' },
    by: dana,
    comes: ['said', 'reopened'],
  },
  {
    title: 'a thanks does not reopen it',
    is: solved,
    wish: { do: 'say', words: 'Thanks a lot! :tada:' },
    by: dana,
    comes: ['said'],
  },
  {
    title: 'a colleague does not reopen it',
    is: solved,
    wish: { do: 'say', words: 'It broke again' },
    by: noah,
    comes: ['said'],
  },
  {
    title: 'the team adding a word does not reopen it',
    is: solved,
    wish: { do: 'say', words: 'Did it help?' },
    by: priya,
    comes: ['said'],
  },
  {
    title: 'a message a month later is a new one',
    is: solved,
    wish: { do: 'say', words: 'It broke again' },
    by: dana,
    at: minute(31 * 1_440),
    comes: 'long-over',
  },
  {
    title: 'a message in a merged one is a new one',
    is: { ...solved, mergedInto: 'r2' },
    wish: { do: 'say', words: 'It broke again' },
    by: dana,
    comes: 'long-over',
  },
  { title: 'the clock stops after a question', is: asked, wish: { do: 'wait' }, by: priya, comes: ['waiting'] },
  { title: 'the clock does not stop without one', wish: { do: 'wait' }, by: priya, comes: 'no-question' },
  {
    title: 'nor after a question that was answered',
    is: { ...asked, requesterSaidAt: minute(2) },
    wish: { do: 'wait' },
    by: priya,
    comes: 'no-question',
  },
  {
    title: 'it stands already',
    is: { state: 'waiting', ...asked },
    wish: { do: 'wait' },
    by: priya,
    comes: 'waits-already',
  },
  { title: 'its run has recovered', wish: { do: 'await-verdict' }, by: pitcrew, comes: ['waiting'] },
  {
    title: 'it is snoozed until tomorrow',
    wish: { do: 'snooze', until: minute(1_440) },
    by: priya,
    comes: ['snoozed'],
  },
  {
    title: 'it is not snoozed until yesterday',
    wish: { do: 'snooze', until: minute(-1_440) },
    by: priya,
    comes: 'in-the-past',
  },
  {
    title: 'to snooze it ends its pause',
    is: { state: 'waiting' },
    wish: { do: 'snooze', until: minute(60) },
    by: priya,
    comes: ['resumed', 'snoozed'],
  },
  { title: 'it wakes by itself', is: { state: 'snoozed' }, wish: { do: 'wake' }, by: pitcrew, comes: ['woken'] },
  {
    title: 'it is merged into another',
    wish: { do: 'merge', into: { id: 'r2', state: 'open' } },
    by: priya,
    comes: ['solved'],
  },
  {
    title: 'it is not merged into itself',
    wish: { do: 'merge', into: { id: 'r1', state: 'open' } },
    by: priya,
    comes: 'into-itself',
  },
  {
    title: 'it is not merged into a merged one',
    wish: { do: 'merge', into: { id: 'r2', state: 'solved', mergedInto: 'r3' } },
    by: priya,
    comes: 'into-merged',
  },
  { title: 'the team solves it', wish: { do: 'solve', how: 'team' }, by: priya, comes: ['solved', 'surveyed'] },
  {
    title: 'the requester solves it',
    wish: { do: 'solve', how: 'requester' },
    by: dana,
    comes: ['solved', 'surveyed'],
  },
  {
    title: 'who has rated it is not asked anew',
    is: { score: 4 },
    wish: { do: 'solve', how: 'team' },
    by: priya,
    comes: ['solved'],
  },
  { title: 'a colleague does not', wish: { do: 'solve', how: 'requester' }, by: noah, comes: 'not-yours' },
  { title: 'it is not solved twice', is: solved, wish: { do: 'solve', how: 'team' }, by: priya, comes: 'over' },
  { title: 'the requester reopens it', is: solved, wish: { do: 'reopen' }, by: dana, comes: ['reopened'] },
  { title: 'an open one is not reopened', wish: { do: 'reopen' }, by: dana, comes: 'not-over' },
  {
    title: 'a merged one is not reopened',
    is: { ...solved, mergedInto: 'r2' },
    wish: { do: 'reopen' },
    by: dana,
    comes: 'into-merged',
  },
  {
    title: 'an offered answer was not enough',
    is: { state: 'waiting' },
    wish: { do: 'need-help-still' },
    by: dana,
    comes: ['needs-help-still', 'resumed'],
  },
  { title: 'the requester rates it', is: solved, wish: { do: 'rate', score: 5 }, by: dana, comes: ['rated'] },
  { title: 'nobody else does', is: solved, wish: { do: 'rate', score: 1 }, by: priya, comes: 'not-yours' },
  {
    title: 'the requester says why',
    is: { ...solved, score: 2 },
    wish: { do: 'explain' },
    by: dana,
    comes: ['rating-explained'],
  },
  { title: 'nobody says why before', is: solved, wish: { do: 'explain' }, by: dana, comes: 'not-rated' },
  { title: 'nobody else says why', is: { ...solved, score: 2 }, wish: { do: 'explain' }, by: noah, comes: 'not-yours' },
  { title: 'a note', wish: { do: 'note' }, by: priya, comes: ['noted'] },
  { title: 'a note of a colleague', wish: { do: 'note' }, by: noah, comes: 'not-team' },
  {
    title: 'another priority with its reason',
    wish: { do: 'prioritise', priority: 'urgent', reason: 'board meeting' },
    by: priya,
    comes: ['prioritised'],
  },
  { title: 'the same priority', wish: { do: 'prioritise', priority: 'normal', reason: 'x' }, by: priya, comes: 'same' },
];

describe('the end of a request whose run has recovered', () => {
  const waiting = { state: 'waiting', waitsFor: 'verdict' } as const;
  it.each([
    { title: 'is that recovery, where who asked says that it does it', is: waiting, by: dana, how: 'run' },
    {
      title: 'is theirs, where they were asked something else',
      is: { state: 'waiting', waitsFor: 'answer' } as const,
      by: dana,
      how: 'requester',
    },
    { title: 'is what the team says', is: waiting, by: priya, how: 'team' },
  ])('$title', ({ is, by, how }) => {
    const wished = how === 'team' ? 'team' : 'requester';
    const decision = decide(request(is), { do: 'solve', how: wished }, by, new Date());
    expect(decision).toMatchObject({ ok: true, events: [{ kind: 'solved', how }, { kind: 'surveyed' }] });
  });
});

describe('what is wished of a request', () => {
  it.each(cases)('$title: $comes', ({ is, wish, by, at, comes }) => {
    const decision = decide(request(is), wish, by, at ?? minute(10));
    expect(decision.ok ? decision.events.map(({ kind }) => kind) : decision.refusal.because).toEqual(comes);
  });

  it('leaves the first answer of the team as the first one', () => {
    const events: Happened[] = [
      { kind: 'said', isQuestion: false, isPleasantry: false, role: 'requester', at: minute(1) },
      { kind: 'assigned', to: 'priya', how: 'claim', hasText: false, role: 'team', at: minute(2) },
      { kind: 'said', isQuestion: false, isPleasantry: false, role: 'team', at: minute(3) },
      { kind: 'said', isQuestion: false, isPleasantry: false, role: 'team', at: minute(4) },
    ];
    expect(events.reduce(apply, request())).toMatchObject({ assignee: 'priya', firstResponseAt: minute(3) });
  });
});

describe('words', () => {
  it.each([
    'thanks',
    'Thank you so much!',
    'thx :pray:',
    ':+1:',
    '👍',
    'Perfect, works now',
    'ok great',
    'Danke dir'.replace(' dir', ''),
    'got it, thanks <@U0PRIYA>',
    'that did the trick, cheers',
  ])('"%s" only thanks', (said) => expect(isPleasantry(said)).toBe(true));

  it.each([
    '',
    'thanks, but it still fails',
    'not solved',
    'Thanks! One more question: where are the logs?',
    'great, and orders_daily',
    'it is down again',
    'works for 2 of 3',
    'now the other one',
    'I have it',
  ])('"%s" says something', (said) => expect(isPleasantry(said)).toBe(false));

  it.each([
    ['Which one?', true],
    ['Which one? I see two', true],
    ['> Which one?\nThis one.', false],
    ['https://x.example/?q', false],
    ['I wonder.', false],
  ])('"%s" asks: %s', (said, asks) => expect(asksSomething(said)).toBe(asks));
});

describe('any history', () => {
  const people = [dana, noah, priya, tom, pitcrew];

  it('keeps the backlog in balance, week by week', () => {
    const random = seeded(7);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    const weekMs = 7 * 86_400_000;
    const history: Happened[] = [];
    const all: Request[] = [];
    let at = nine.getTime();
    const wishes: (() => RequestWish)[] = [
      () => ({ do: 'claim' }),
      () => ({ do: 'assign', to: pick(['priya', 'tom']), how: 'assign' }),
      () => ({ do: 'say', words: pick(['thanks', 'which one?', 'it broke again', 'see the log']) }),
      () => ({ do: 'wait' }),
      () => ({ do: 'snooze', until: new Date(at + 86_400_000) }),
      () => ({ do: 'wake' }),
      () => ({ do: 'await-verdict' }),
      () => ({ do: 'prioritise', priority: pick(priorities), reason: 'x' }),
      () => ({ do: 'merge', into: pick(all) }),
      () => ({ do: 'solve', how: pick(['team', 'requester', 'deflected', 'run'] as const) }),
      () => ({ do: 'reopen' }),
      () => ({ do: 'rate', score: 4 }),
    ];
    for (let step = 0; step < 6_000; step += 1) {
      at += Math.floor(random() * 90) * 60_000;
      if (all.length === 0 || random() < 0.1) {
        const opened: Happened = {
          kind: 'opened',
          source: 'command',
          isStaff: false,
          at: new Date(at),
          role: 'requester',
        };
        history.push(opened);
        all.push(apply(request({ id: `r${all.length}` }), opened));
        continue;
      }
      const index = Math.floor(random() * all.length);
      const decision = decide(all[index] as Request, pick(wishes)(), pick(people), new Date(at));
      if (!decision.ok) continue;
      history.push(...decision.events);
      all[index] = decision.events.reduce(apply, all[index] as Request);
    }
    const open = () => all.filter(({ state }) => state !== 'solved').length;
    const counted = (kind: Happened['kind'], events: Happened[]) =>
      events.filter((event) => event.kind === kind).length;
    let backlog = 0;
    for (let week = nine.getTime(); week <= at; week += weekMs) {
      const events = history.filter((event) => event.at.getTime() >= week && event.at.getTime() < week + weekMs);
      backlog += counted('opened', events) + counted('reopened', events) - counted('solved', events);
      expect(backlog).toBeGreaterThanOrEqual(0);
    }
    expect(counted('reopened', history)).toBeGreaterThan(20);
    expect(backlog).toBe(open());
  });
});
