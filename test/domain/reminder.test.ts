import { type ReminderFacts, reminderDueAt, reminderGapMs } from '../../src/domain/reminder';

const minutes = [30, 60, 120];
const at = (minute: number) => new Date(Date.parse('2026-11-25T09:00:00Z') + minute * 60_000);

describe('a reminder', () => {
  it.each<{ title: string; facts?: Partial<ReminderFacts>; list?: number[]; due: number | undefined }>([
    { title: 'comes the first time after the first wait', due: 30 },
    { title: 'comes the second time after the second', facts: { reminded: 1 }, due: 60 },
    { title: 'comes the last time after the last', facts: { reminded: 2 }, due: 120 },
    { title: 'comes no more than the list has', facts: { reminded: 3 }, due: undefined },
    { title: 'never comes without a list', list: [], due: undefined },
    { title: 'waits for what it was told to wait for', facts: { notBefore: at(700) }, due: 700 },
    { title: 'does not come sooner for a wait that is over', facts: { notBefore: at(10) }, due: 30 },
    { title: 'keeps its gap after a try', facts: { reminded: 2, stirredAt: at(110) }, due: 170 },
    { title: 'keeps its gap after a try long ago', facts: { reminded: 2, stirredAt: at(20) }, due: 120 },
  ])('$title', ({ facts, list = minutes, due }) => {
    const known = { firstSentAt: at(0), reminded: 0, ...facts };
    expect(reminderDueAt(known, list)).toEqual(due === undefined ? undefined : at(due));
  });

  it('keeps gaps that grow as the list does', () => {
    expect([0, 1, 2, 3].map((reminded) => reminderGapMs(reminded, minutes) / 60_000)).toEqual([30, 30, 60, 0]);
  });
});
