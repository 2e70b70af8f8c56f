import { openWays } from '../../src/domain/repair';
import type { RunStatus } from '../../src/domain/run';

const abilities = ['retry', 'stop', 'kill', 'skip', 'unblock'] as const;
const steps = (load: RunStatus) => [
  { step: 'extract', status: 'succeeded' as const },
  { step: 'load', status: load },
  { step: 'publish', status: 'unknown' as const },
];

describe('the ways to mend a run', () => {
  it.each([
    {
      title: 'that has failed',
      of: { status: 'failed' as const, steps: steps('failed'), abilities },
      open: [
        { way: 'from-start' },
        { way: 'one-step', steps: ['extract', 'load'] },
        { way: 'skip-step', steps: ['load'] },
        { way: 'unblock' },
      ],
    },
    {
      title: 'that runs',
      of: { status: 'running' as const, steps: steps('running'), abilities },
      open: [{ way: 'skip-step', steps: ['load'] }, { way: 'kill' }],
    },
    {
      title: 'that has succeeded',
      of: { status: 'succeeded' as const, steps: steps('succeeded'), abilities },
      open: [{ way: 'from-start' }, { way: 'one-step', steps: ['extract', 'load'] }],
    },
    {
      title: 'whose steps are not known',
      of: { status: 'failed' as const, steps: [], abilities },
      open: [{ way: 'from-start' }, { way: 'unblock' }],
    },
    {
      title: 'where only retry is possible',
      of: { status: 'failed' as const, steps: [], abilities: ['retry' as const] },
      open: [{ way: 'from-start' }],
    },
    {
      title: 'of one partition, whose days can be backfilled',
      of: {
        status: 'failed' as const,
        steps: [],
        abilities: ['retry' as const, 'backfill' as const],
        partition: '2026-11-25',
      },
      open: [{ way: 'from-start' }, { way: 'backfill' }],
    },
    {
      title: 'without a partition, which cannot be backfilled by it',
      of: { status: 'failed' as const, steps: [], abilities: ['backfill' as const] },
      open: [],
    },
    {
      title: 'where nothing is possible',
      of: { status: 'failed' as const, steps: steps('failed'), abilities: [] },
      open: [],
    },
  ])('$title are those that are legal now', ({ of, open }) => {
    expect(openWays(of)).toEqual(open);
  });
});
