import type { Happened, RequestEvent, Role } from '../../src/domain/request';
import { clocksOf, dueNext, measure } from '../../src/domain/request-clock';
import type { Timetable } from '../../src/domain/working-time';

const timetable: Timetable = [
  {
    since: new Date(0),
    schedule: {
      timeZone: 'UTC',
      workingHours: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' },
      holidays: [],
    },
  },
];
/** Minutes after Tuesday, nine o'clock. */
const nine = new Date('2026-11-24T09:00:00Z');
const minute = (minutes: number): Date => new Date(nine.getTime() + minutes * 60_000);
const said = { kind: 'said', isQuestion: false, isPleasantry: false } as const;
const thanks = { ...said, isPleasantry: true };
const question = { ...said, isQuestion: true };
const claimed = { kind: 'assigned', to: 'priya', how: 'claim', hasText: false } as const;
const solved = { kind: 'solved', how: 'team' } as const;
const reopened = { kind: 'reopened', why: 'said' } as const;
const waiting = { kind: 'waiting', for: 'answer' } as const;
const resumed = { kind: 'resumed' } as const;

type Told = [minutes: number, role: Role, event: RequestEvent];
const history = (told: Told[], isStaff = false): Happened[] => [
  { kind: 'opened', source: 'command', isStaff, at: nine, role: 'requester' },
  ...told.map(([minutes, role, event]) => ({ ...event, role, at: minute(minutes) })),
];

/** In minutes, working time; `…` = it runs on. */
function told(events: Happened[], now: Date) {
  const clocks = clocksOf(events);
  if (!clocks) throw new Error('no opening');
  const minutes = (span: { from: Date; to?: Date } | undefined) => {
    if (!span) return undefined;
    const { businessMs } = measure(span, { pauses: clocks.pauses, timetable, now });
    return `${businessMs / 60_000}${span.to ? '' : '…'}`;
  };
  return {
    first: minutes(clocks.firstResponse),
    next: clocks.nextResponses.map(minutes),
    firstEnd: minutes(clocks.firstResolution),
    fullEnd: minutes(clocks.fullResolution),
  };
}

describe('the clocks of a request', () => {
  it.each<{ title: string; told: Told[]; is: object; isStaff?: boolean; now?: number }>([
    {
      title: 'all run while nobody answers',
      told: [],
      is: { first: '30…', next: [], firstEnd: '30…', fullEnd: '30…' },
    },
    {
      title: 'a person of the team who answers ends the first',
      told: [[10, 'team', said]],
      is: { first: '10', fullEnd: '30…' },
    },
    { title: 'to claim it is no answer', told: [[5, 'team', claimed]], is: { first: '30…' } },
    {
      title: 'to be assigned with a word is one',
      told: [[5, 'team', { ...claimed, hasText: true }]],
      is: { first: '5' },
    },
    {
      title: 'Pitcrew answers nothing',
      told: [[1, 'pitcrew', { kind: 'answered-first', answers: ['a'] }]],
      is: { first: '30…' },
    },
    { title: 'nor does a colleague', told: [[2, 'other', said]], is: { first: '30…' } },
    {
      title: 'what the team asked itself has no first answer',
      told: [[10, 'team', said]],
      isStaff: true,
      is: { first: undefined, fullEnd: '30…' },
    },
    {
      title: 'each further message waits for its own answer',
      told: [
        [10, 'team', said],
        [12, 'requester', said],
        [15, 'team', said],
        [20, 'requester', said],
        [28, 'team', said],
      ],
      is: { first: '10', next: ['3', '8'] },
    },
    {
      title: 'several messages in a row are one gap, from the first',
      told: [
        [10, 'team', said],
        [12, 'requester', said],
        [14, 'requester', said],
        [20, 'team', said],
      ],
      is: { next: ['8'] },
    },
    {
      title: 'messages before the first answer are part of it',
      told: [
        [4, 'requester', said],
        [10, 'team', said],
      ],
      is: { first: '10', next: [] },
    },
    {
      title: 'a thanks waits for nothing',
      told: [
        [10, 'team', said],
        [12, 'requester', thanks],
      ],
      is: { next: [] },
    },
    {
      title: 'one that nobody has answered runs on',
      told: [
        [10, 'team', said],
        [12, 'requester', said],
      ],
      is: { next: ['18…'] },
    },
    {
      title: 'the end ends what was open',
      told: [
        [10, 'team', said],
        [12, 'requester', said],
        [20, 'team', solved],
      ],
      is: { next: [], firstEnd: '20', fullEnd: '20' },
    },
    {
      title: 'a pause is left out',
      told: [
        [10, 'team', question],
        [10, 'team', waiting],
        [40, 'requester', said],
        [40, 'requester', resumed],
        [50, 'team', solved],
      ],
      now: 60,
      is: { first: '10', firstEnd: '20', fullEnd: '20' },
    },
    {
      title: 'a pause that nobody ends is left out',
      told: [
        [10, 'team', question],
        [10, 'team', waiting],
      ],
      now: 60,
      is: { fullEnd: '10…' },
    },
    {
      title: 'a pause ends with the end',
      told: [
        [10, 'team', question],
        [10, 'team', waiting],
        [50, 'team', solved],
      ],
      now: 60,
      is: { fullEnd: '10' },
    },
    {
      title: 'both ends are kept where it was reopened',
      told: [
        [10, 'team', said],
        [20, 'team', solved],
        [50, 'requester', said],
        [50, 'requester', reopened],
        [80, 'team', said],
        [90, 'team', solved],
      ],
      now: 100,
      is: { next: ['30'], firstEnd: '20', fullEnd: '90' },
    },
    {
      title: 'reopened, the whole of it runs on',
      told: [
        [10, 'team', said],
        [20, 'team', solved],
        [50, 'requester', said],
        [50, 'requester', reopened],
      ],
      now: 60,
      is: { firstEnd: '20', fullEnd: '60…' },
    },
  ])('$title', ({ told: events, is, isStaff, now }) => {
    expect(told(history(events, isStaff), minute(now ?? 30))).toMatchObject(is);
  });

  it('are none without an opening', () => expect(clocksOf([])).toBeUndefined());
});

describe('the promise that is broken next', () => {
  const support = {
    targets: { firstResponseMinutes: 60, resolutionMinutes: 480, byPriority: { urgent: { firstResponseMinutes: 15 } } },
  };
  const open = { state: 'open', priority: 'normal', isStaff: false } as const;
  const stoodFor15: Told[] = [
    [5, 'team', question],
    [5, 'team', waiting],
    [20, 'requester', said],
    [20, 'requester', resumed],
    [25, 'team', said],
  ];
  it.each<{ title: string; told: Told[]; is: object | undefined; of?: object; isStaff?: boolean; now?: number }>([
    { title: 'is the first answer', told: [], is: { for: 'first-response', at: minute(60) } },
    {
      title: 'is sooner for what is urgent',
      told: [],
      of: { priority: 'urgent' },
      is: { for: 'first-response', at: minute(15) },
    },
    { title: 'is the end, once it is answered', told: [[5, 'team', said]], is: { for: 'resolution', at: minute(480) } },
    {
      title: 'is the answer to a further message',
      told: [
        [5, 'team', said],
        [10, 'requester', said],
      ],
      is: { for: 'next-response', at: minute(70) },
    },
    { title: 'is the end for what the team asked itself', told: [], isStaff: true, is: { for: 'resolution' } },
    {
      title: 'comes later by the time that it stood',
      told: stoodFor15,
      is: { for: 'resolution', at: new Date('2026-11-25T09:15:00Z') },
    },
    { title: 'lies behind where it is broken', told: [], now: 90, is: { for: 'first-response', at: minute(60) } },
    {
      title: 'lies where it was broken, however many nights ago',
      told: [],
      now: 3 * 24 * 60 + 45,
      is: { for: 'first-response', at: minute(60) },
    },
    {
      title: 'lies behind the time that it stood, where it is broken',
      told: stoodFor15,
      now: 2 * 24 * 60,
      is: { for: 'resolution', at: new Date('2026-11-25T09:15:00Z') },
    },
    { title: 'is none while it stands', told: [], of: { state: 'waiting' }, is: undefined },
    { title: 'is none after the end', told: [], of: { state: 'solved' }, is: undefined },
  ])('$title', ({ told: events, is, of, isStaff, now }) => {
    const clocks = clocksOf(history(events, isStaff));
    const due = clocks && dueNext({ ...open, ...of }, clocks, { timetable, now: minute(now ?? 30), support });
    if (is === undefined) expect(due).toBeUndefined();
    else expect(due).toMatchObject(is);
  });
});
