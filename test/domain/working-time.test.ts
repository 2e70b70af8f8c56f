import { afterWorkingTime, nextWorkingMoment } from '../../src/domain/working-time';

type Schedule = Parameters<typeof nextWorkingMoment>[1];

const office: Schedule = {
  timeZone: 'Europe/Berlin',
  workingHours: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '18:00' },
  holidays: ['2026-12-25'],
};

describe('the next working moment', () => {
  it.each<{ title: string; at: string; is: string; differs?: Partial<Schedule> }>([
    { title: 'is now, while people work', at: '2026-11-25T10:30:15+01:00', is: '2026-11-25T10:30:15+01:00' },
    { title: 'is now, as they begin', at: '2026-11-25T09:00:00+01:00', is: '2026-11-25T09:00:00+01:00' },
    { title: 'is the beginning, before it', at: '2026-11-25T03:00:00+01:00', is: '2026-11-25T09:00:00+01:00' },
    { title: 'is the next morning, as they leave', at: '2026-11-25T18:00:00+01:00', is: '2026-11-26T09:00:00+01:00' },
    { title: 'is Monday, from Friday evening', at: '2026-11-27T19:00:00+01:00', is: '2026-11-30T09:00:00+01:00' },
    { title: 'is Monday, from Sunday', at: '2026-11-29T12:00:00+01:00', is: '2026-11-30T09:00:00+01:00' },
    {
      title: 'leaves out a holiday and the weekend behind it',
      at: '2026-12-24T18:30:00+01:00',
      is: '2026-12-28T09:00:00+01:00',
    },
    {
      title: 'is told by the clock on the wall over the change to summer time',
      at: '2026-03-28T12:00:00+01:00',
      is: '2026-03-30T09:00:00+02:00',
    },
    {
      title: 'is told by the clock on the wall over the change to winter time',
      at: '2026-10-24T12:00:00+02:00',
      is: '2026-10-26T09:00:00+01:00',
    },
    {
      title: 'is half past three where the clock skips half past two',
      at: '2026-03-29T00:10:00+01:00',
      is: '2026-03-29T03:30:00+02:00',
      differs: { workingHours: { days: ['sun'], from: '02:30', to: '18:00' } },
    },
    {
      title: 'goes by the day of its own zone, west of here',
      at: '2026-11-28T02:00:00+01:00',
      is: '2026-11-27T17:00:00-08:00',
      differs: { timeZone: 'America/Los_Angeles' },
    },
    {
      title: 'goes by the day of its own zone, east of here',
      at: '2026-11-27T17:00:00+01:00',
      is: '2026-11-30T09:00:00+13:00',
      differs: { timeZone: 'Pacific/Auckland' },
    },
    {
      title: 'goes by its own weekend',
      at: '2026-11-27T12:00:00+02:00',
      is: '2026-11-29T09:00:00+02:00',
      differs: {
        timeZone: 'Asia/Jerusalem',
        workingHours: { days: ['sun', 'mon', 'tue', 'wed', 'thu'], from: '09:00', to: '18:00' },
      },
    },
    {
      title: 'knows zones of half an hour',
      at: '2026-11-25T08:00:00+05:30',
      is: '2026-11-25T09:00:00+05:30',
      differs: { timeZone: 'Asia/Kolkata' },
    },
  ])('$title', ({ at, is, differs }) => {
    expect(nextWorkingMoment(new Date(at), { ...office, ...differs })).toEqual(new Date(is));
  });
});

describe('an hour of working time', () => {
  it.each<{ title: string; at: string; is: string; differs?: Partial<Schedule> }>([
    { title: 'is an hour while people work', at: '2026-11-25T10:30:00+01:00', is: '2026-11-25T11:30:00+01:00' },
    { title: 'goes on the next morning', at: '2026-11-25T17:20:00+01:00', is: '2026-11-26T09:20:00+01:00' },
    {
      title: 'goes on on Monday, from Friday at five to six',
      at: '2026-11-27T17:55:00+01:00',
      is: '2026-11-30T09:55:00+01:00',
    },
    { title: 'begins when people do', at: '2026-11-29T12:00:00+01:00', is: '2026-11-30T10:00:00+01:00' },
    {
      title: 'takes several days where a day is shorter',
      at: '2026-11-25T12:00:00+01:00',
      is: '2026-11-27T09:20:00+01:00',
      differs: { workingHours: { days: ['wed', 'thu', 'fri'], from: '09:00', to: '09:40' } },
    },
    {
      title: 'is an hour by the clock where nobody ever works',
      at: '2026-11-25T12:00:00+01:00',
      is: '2026-11-25T13:00:00+01:00',
      differs: { workingHours: { days: [], from: '09:00', to: '18:00' } },
    },
  ])('$title', ({ at, is, differs }) => {
    expect(afterWorkingTime(new Date(at), 3_600_000, { ...office, ...differs })).toEqual(new Date(is));
  });
});
