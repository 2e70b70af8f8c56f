import {
  type ChosenDigest,
  DigestChoice,
  type DigestPlan,
  lastTime,
  mayChooseDigest,
  nextTime,
  plansInForce,
} from '../../../src/domain/figures/digest-plan';
import { actorOf } from '../../handlers/crew';

const at = new Date('2026-11-24T12:00:00Z');
const monday = { weekday: 'mon', time: '09:00', timeZone: 'Europe/Berlin' } as const;
const filed: DigestPlan[] = [
  { ...monday, channel: 'C1', scope: 'all' },
  { ...monday, channel: 'C2', scope: 'team:orders' },
];
const scopes = ['all', 'team:orders'];
const chosen = (channel: string, choice: ChosenDigest['choice']): ChosenDigest => ({ channel, choice, at });
const friday = { kind: 'plan', scope: 'all', weekday: 'fri', time: '16:00', timeZone: 'Asia/Tokyo' } as const;

describe('which channel gets which digest', () => {
  it.each([
    { title: 'is what pitcrew.yaml says where nobody chose', choices: [], plans: ['C1 all mon', 'C2 team:orders mon'] },
    { title: 'is what was chosen, whole', choices: [chosen('C2', friday)], plans: ['C1 all mon', 'C2 all fri since'] },
    {
      title: 'is one more for a channel that the file does not know',
      choices: [chosen('C3', friday)],
      plans: ['C1 all mon', 'C2 team:orders mon', 'C3 all fri since'],
    },
    {
      title: 'is none where people want none',
      choices: [chosen('C1', { kind: 'none' })],
      plans: ['C2 team:orders mon'],
    },
    {
      title: 'is that of the file again where it was chosen',
      choices: [chosen('C1', { kind: 'file' }), chosen('C3', { kind: 'file' })],
      plans: ['C1 all mon since', 'C2 team:orders mon'],
    },
    {
      title: 'is none where the team that was chosen is gone',
      choices: [chosen('C1', { ...friday, scope: 'team:gone' })],
      plans: ['C2 team:orders mon'],
    },
  ])('$title', ({ choices, plans }) => {
    const said = plansInForce(filed, choices, scopes).map((plan) =>
      [plan.channel, plan.scope, plan.weekday, ...(plan.since ? ['since'] : [])].join(' '),
    );
    expect(said).toEqual(plans);
  });
});

describe('who may choose the digest of a channel', () => {
  const of = { operates: false, crew: 'Enablement', teams: ['orders'], isMain: false };
  it.each([
    { title: 'people of the team whose channel it is', actor: { teams: ['Orders'] }, may: true },
    { title: 'nobody of another team', actor: { teams: ['refunds'] }, may: false },
    { title: 'the team that answers requests', actor: { teams: ['enablement'] }, may: true },
    { title: 'operators', actor: { teams: [] }, of: { operates: true }, may: true },
    { title: 'everybody for a channel that is nobody’s', actor: { teams: [] }, of: { teams: [] }, may: true },
    {
      title: 'not everybody for that of the organisation',
      actor: { teams: [] },
      of: { teams: [], isMain: true },
      may: false,
    },
    { title: 'no guest', actor: { teams: ['orders'], isGuest: true }, may: false },
    { title: 'no app', actor: { teams: ['orders'], isBot: true }, of: { operates: true }, may: false },
  ])('$title: $may', ({ actor, of: differs, may }) => {
    expect(mayChooseDigest(actorOf('UDANA', actor), { ...of, ...differs })).toBe(may);
  });
});

describe('the times of a digest', () => {
  it.each([
    { title: 'at its very minute', now: '2026-11-23T08:00:00Z', last: '2026-11-23T08:00', next: '2026-11-30T08:00' },
    { title: 'a minute before', now: '2026-11-23T07:59:00Z', last: '2026-11-16T08:00', next: '2026-11-23T08:00' },
    {
      title: 'in the middle of a week',
      now: '2026-11-26T12:00:00Z',
      last: '2026-11-23T08:00',
      next: '2026-11-30T08:00',
    },
    {
      title: 'over the end of summer time',
      now: '2026-10-24T12:00:00Z',
      last: '2026-10-19T07:00',
      next: '2026-10-26T08:00',
    },
  ])('are those of its zone: $title', ({ now, last, next }) => {
    expect(lastTime(monday, new Date(now)).toISOString().slice(0, 16)).toBe(last);
    expect(nextTime(monday, new Date(now)).toISOString().slice(0, 16)).toBe(next);
  });

  it.each(['25:00', '9:00', '09:60', ''])('are none for %s', (time) => {
    expect(DigestChoice.safeParse({ ...friday, time }).success).toBe(false);
  });
});
