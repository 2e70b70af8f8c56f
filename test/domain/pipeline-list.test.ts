import { fitting, listFile } from '../../src/domain/pipeline-list';

const listed = (pipeline: string, more: object = {}) => ({
  pipeline,
  partition: '',
  state: 'failed',
  run: '7',
  url: null,
  cause: null,
  ...more,
});

describe('a list of pipelines', () => {
  it('is a file of one line each, which no name can break', () => {
    const { content, title } = listFile([
      listed('refunds\tof\nall', { cause: 'no space' }),
      listed('stock', { partition: '2026-11-25', state: 'recovered', url: 'https://maestro.example/7' }),
    ]);
    expect(title).toBe('2 pipelines hit');
    expect(content.split('\n')).toEqual([
      'pipeline\tpartition\tstate\trun\taddress\tcause',
      'refunds of all\t\tfailed\t7\t\tno space',
      'stock\t2026-11-25\trecovered\t7\thttps://maestro.example/7\t',
    ]);
  });

  it.each([
    { title: 'all of a few', count: 200, size: 10, fits: 200 },
    { title: 'the first of many', count: 10_000, size: 10, fits: 400 },
    { title: 'the first of those with endless names, which are shown cut', count: 100, size: 5_000, fits: 73 },
    { title: 'none of none', count: 0, size: 1, fits: 0 },
  ])('fits a reply with $title', ({ count, size, fits }) => {
    const members = Array.from({ length: count }, () => ({ pipeline: 'p'.repeat(size), partition: '' }));
    expect(fitting(members)).toHaveLength(fits);
  });
});
