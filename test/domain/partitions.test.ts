import { asWritten, lagOf, type PartitionQuestion, partitionsBetween } from '../../src/domain/partitions';

const ask = (differs: Partial<PartitionQuestion>) =>
  partitionsBetween({ from: '2026-11-23', to: '2026-11-25', timeZone: 'Europe/Berlin', ...differs });

function partitions(differs: Partial<PartitionQuestion>): string[] {
  const answer = ask(differs);
  if ('why' in answer) throw new Error(answer.why);
  return answer.partitions;
}

describe('the partitions between two days', () => {
  interface Case {
    title: string;
    asked: Partial<PartitionQuestion>;
    are: string[];
  }
  it.each<Case>([
    { title: 'are one a day without a schedule', asked: {}, are: ['2026-11-23', '2026-11-24', '2026-11-25'] },
    {
      title: 'are the newest first where that is wished',
      asked: { order: 'newest-first' },
      are: ['2026-11-25', '2026-11-24', '2026-11-23'],
    },
    { title: 'are those of the days on which it runs', asked: { schedule: '0 6 * * tue' }, are: ['2026-11-24'] },
    {
      title: 'are of the day before where it runs a day later',
      asked: { schedule: '0 6 * * tue', lagDays: 1 },
      are: ['2026-11-23'],
    },
    {
      title: 'are written as the pipeline writes them',
      asked: { example: '20261120', to: '2026-11-23' },
      are: ['20261123'],
    },
    {
      title: 'are of the times of day where it runs oftener',
      asked: { to: '2026-11-23', schedule: '30 6,18 * * *' },
      are: ['2026-11-23T06:30', '2026-11-23T18:30'],
    },
    {
      title: 'are of the time that its partitions have where no schedule is known',
      asked: { to: '2026-11-24', example: '2026-11-20T06:30:00Z' },
      are: ['2026-11-23T06:30:00Z', '2026-11-24T06:30:00Z'],
    },
    {
      title: 'say how far the clock there is ahead, on the day',
      asked: { from: '2026-10-25', to: '2026-10-25', schedule: '0 2 * * *', example: '2026-10-01T02:00:00+02:00' },
      are: ['2026-10-25T02:00:00+02:00', '2026-10-25T02:00:00+01:00'],
    },
    {
      title: 'are one a day also where it runs oftener, when it writes days only',
      asked: { to: '2026-11-23', schedule: '30 6,18 * * *', example: '2026-11-20' },
      are: ['2026-11-23'],
    },
    {
      title: 'skip the hour that the clock skips',
      asked: { from: '2026-03-29', to: '2026-03-29', schedule: '0 1-3 * * *', example: '2026-03-01T01' },
      are: ['2026-03-29T01', '2026-03-29T03'],
    },
    {
      title: 'have the hour that comes twice once, where it is written twice alike',
      asked: { from: '2026-10-25', to: '2026-10-25', schedule: '0 1-3 * * *', example: '2026-03-01T01' },
      are: ['2026-10-25T01', '2026-10-25T02', '2026-10-25T03'],
    },
    {
      title: 'have the hour that comes twice twice, where it is written as of UTC',
      asked: { from: '2026-10-25', to: '2026-10-25', schedule: '0 1-3 * * *', example: '2026-03-01T01:00:00Z' },
      are: ['2026-10-24T23:00:00Z', '2026-10-25T00:00:00Z', '2026-10-25T01:00:00Z', '2026-10-25T02:00:00Z'],
    },
    {
      title: 'hold every day of a month with a change of the clock once',
      asked: { from: '2026-10-24', to: '2026-10-26' },
      are: ['2026-10-24', '2026-10-25', '2026-10-26'],
    },
    {
      title: 'are hours for @hourly',
      asked: { to: '2026-11-23', schedule: '@hourly' },
      are: Array.from({ length: 24 }, (_, hour) => `2026-11-23T${String(hour).padStart(2, '0')}:00`),
    },
  ])('$title', ({ asked, are }) => {
    expect(partitions(asked)).toEqual(are);
  });

  it.each<{ title: string; asked: Partial<PartitionQuestion>; why: RegExp }>([
    { title: 'days that are none', asked: { from: '2026-02-30' }, why: /days such as/ },
    { title: 'an end before the beginning', asked: { from: '2026-11-26' }, why: /swap/ },
    { title: 'a form that it does not know', asked: { example: 'week 47' }, why: /one by one/ },
    { title: 'more than a plan holds', asked: { from: '2024-01-01', schedule: '* * * * *' }, why: /in parts/ },
    { title: 'days on which it does not run', asked: { schedule: '0 6 * * sat' }, why: /No run is scheduled/ },
  ])('cannot be told for $title, and it says what to do', ({ asked, why }) => {
    expect(ask(asked)).toEqual({ why: expect.stringMatching(why) });
  });
});

describe('lagOf', () => {
  it.each([
    { partition: '2026-11-24', startedAt: '2026-11-25T05:00:00Z', days: 1 },
    { partition: '2026-11-25', startedAt: '2026-11-24T23:30:00Z', days: 0 },
    { partition: '2026-11-24T06', startedAt: '2026-11-24T06:00:00Z', days: 0 },
    { partition: 'week 47', startedAt: '2026-11-24T06:00:00Z', days: undefined },
    { partition: '2026-01-01', startedAt: '2026-11-24T06:00:00Z', days: undefined },
  ])('finds $days days between $partition and $startedAt', ({ partition, startedAt, days }) => {
    expect(lagOf(partition, new Date(startedAt), 'Europe/Berlin')).toBe(days);
  });
});

it('refuses a time that nobody can mean before it counts its days', () => {
  expect(ask({ from: '1000-01-01', to: '3000-12-31', schedule: '0 0 30 2 *' })).toEqual({
    why: 'That is too long a time. Please choose a shorter one, and do it in parts.',
  });
});

describe('a partition as another pipeline writes it', () => {
  it.each([
    { title: 'is the same where both write alike', partition: '2026-11-01', example: '2026-11-30', is: '2026-11-01' },
    { title: 'is the same where neither is known', partition: 'eu', example: 'us', is: 'eu' },
    {
      title: 'is its day where that one goes by the day',
      partition: '2026-11-01T05',
      example: '2026-11-30',
      is: '2026-11-01',
    },
    { title: 'is its month', partition: '2026-11-01', example: '2026-10', is: '2026-11' },
    { title: 'is the same hour in other signs', partition: '2026-11-01T05', example: '2026113004', is: '2026110105' },
    {
      title: 'cannot be told of a day where that one goes by the hour',
      partition: '2026-11-01',
      example: '2026-11-01T05',
      is: undefined,
    },
    {
      title: 'cannot be told between zones',
      partition: '2026-11-01T05:00:00Z',
      example: '2026-11-01 07:00',
      is: undefined,
    },
    { title: 'cannot be told of what is no time', partition: 'eu', example: '2026-11-01', is: undefined },
  ])('$title', ({ partition, example, is }) => {
    expect(asWritten(partition, example)).toBe(is);
  });
});
