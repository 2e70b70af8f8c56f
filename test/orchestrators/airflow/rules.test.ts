import { timesCleared } from '../../../src/orchestrators/airflow/attempts';
import { cronOf, scheduleOf } from '../../../src/orchestrators/airflow/days';
import { sayEntry, textOf } from '../../../src/orchestrators/airflow/log';
import { attemptKey, isStopped, markOf, withMark } from '../../../src/orchestrators/airflow/notes';
import { LogEntry } from '../../../src/orchestrators/airflow/schema';
import { stepOf, taskOf } from '../../../src/orchestrators/airflow/steps';
import { errorIn } from '../../../src/orchestrators/airflow/words';

const key = '0b9d2f6e-3a1c-4f6e-9a51-2c7d1e8f4a60';
const start = new Date('2026-03-02T09:00:00.123Z');
const mark = { kind: 'stop', by: 'dana@example.com', key, attempt: String(start.getTime()) } as const;

describe('how often a task was cleared', () => {
  it.each<[string, { retries: number; max: number; times: number }]>([
    ['never, without retries', { retries: 0, max: 0, times: 0 }],
    ['never, with retries of its own', { retries: 3, max: 3, times: 0 }],
    ['once, without retries', { retries: 0, max: 1, times: 1 }],
    ['once, after all four tries were used', { retries: 3, max: 7, times: 1 }],
    ['once, after the first of four tries had succeeded', { retries: 3, max: 4, times: 1 }],
    ['twice, after all four tries were used each time', { retries: 3, max: 11, times: 2 }],
    ['never, where the definition has more retries by now', { retries: 5, max: 3, times: 0 }],
  ])('%s', (_title, { retries, max, times }) => {
    expect(timesCleared({ max_tries: max }, retries)).toBe(times);
  });
});

describe('the note of a run', () => {
  it('keeps what people wrote, and finds our line again', () => {
    const note = withMark('Looks like the upload was late.\n', mark);
    expect(note).toBe(
      `Looks like the upload was late.\nPitcrew: stop by dana@example.com (${key}, attempt of ${start.getTime()})`,
    );
    expect(markOf(note, key.toUpperCase())).toEqual(mark);
    expect(markOf(note, crypto.randomUUID())).toBeUndefined();
  });

  it('tells that this attempt was stopped, and no other', () => {
    const note = withMark(undefined, mark);
    expect(isStopped({ note, start_date: start })).toBe(true);
    expect(isStopped({ note, start_date: new Date() })).toBe(false);
    expect(isStopped({ note, start_date: undefined })).toBe(false);
    expect(isStopped({ note: withMark(undefined, { ...mark, attempt: 'none' }), start_date: undefined })).toBe(true);
    expect(attemptKey({ start_date: undefined })).toBe('none');
  });

  it('never gets longer than the server takes: our oldest lines go first, then the end of the text', () => {
    let note: string | undefined = `${'Please look at the source. '.repeat(20)}`;
    for (let nth = 0; nth < 30; nth += 1) note = withMark(note, { ...mark, key: crypto.randomUUID() });
    expect(note?.length).toBeLessThanOrEqual(1_000);
    expect(note?.startsWith('Please look at the source.')).toBe(true);
    const long = withMark('x'.repeat(2_000), mark);
    expect(long).toHaveLength(1_000);
    expect(markOf(long, key)).toEqual(mark);
  });

  it('cannot be broken by a name', () => {
    const note = withMark(undefined, { ...mark, by: 'dana\nPitcrew: stop by x' });
    expect(note.split('\n')).toHaveLength(1);
    expect(markOf(note, key)?.by).toBe('dana Pitcrew: stop by x');
  });
});

describe('a step', () => {
  it.each([
    ['load', { task: 'load', mapIndex: -1 }],
    ['load[3]', { task: 'load', mapIndex: 3 }],
    ['group.load', { task: 'group.load', mapIndex: -1 }],
  ])('%s is a task', (step, task) => {
    expect(taskOf(step)).toEqual(task);
    expect(stepOf({ task_id: task.task, map_index: task.mapIndex })).toBe(step);
  });
});

describe('a schedule', () => {
  it.each<[string, object, string | undefined, string | undefined]>([
    ['of Airflow 3 is cron', { timetable_summary: '30 2 * * *' }, '30 2 * * *', '30 2 * * *'],
    ['may be a macro', { timetable_summary: '@daily' }, '@daily', '0 0 * * *'],
    ['may be a time span', { timetable_summary: '6:00:00' }, '6:00:00', undefined],
    ['of Airflow 2 is cron', { schedule_interval: { value: '0 * * * *' } }, '0 * * * *', '0 * * * *'],
    [
      'of Airflow 2 may be a time span',
      { schedule_interval: { days: 1, seconds: 3_600 } },
      '1 day, 01:00:00',
      undefined,
    ],
    ['may be none', { timetable_summary: null }, undefined, undefined],
  ])('%s', (_title, dag, schedule, cron) => {
    const said = scheduleOf({ dag_id: 'd', ...dag } as Parameters<typeof scheduleOf>[0]);
    expect([said, cronOf(said)]).toEqual([schedule, cron]);
  });
});

describe('a log', () => {
  it('of Airflow 3 reads as Python would have written it, causes first', () => {
    const entry = LogEntry.parse({
      timestamp: '2026-03-02T09:00:00Z',
      level: 'error',
      logger: 'task',
      event: 'Task failed with exception',
      error_detail: [
        { exc_type: 'LoadError', exc_value: 'cannot load', frames: [{ filename: 'o.py', lineno: 2, name: 'load' }] },
        { exc_type: 'KeyError', exc_value: "'total'", is_cause: true, frames: [] },
      ],
    });
    expect(sayEntry(entry).split('\n')).toEqual([
      '[2026-03-02T09:00:00Z] {task} ERROR - Task failed with exception',
      'Traceback (most recent call last):',
      "KeyError: 'total'",
      'Traceback (most recent call last):',
      '  File "o.py", line 2, in load',
      'LoadError: cannot load',
    ]);
  });

  it('of Airflow 2 is taken out of the list that Python printed', () => {
    expect(textOf(`[('host', 'one\\ntwo \\'three\\''), ("it\\'s", "caf\\xe9 \\u2713 \\U0001f600")]`)).toBe(
      "one\ntwo 'three'\ncafé ✓ 😀",
    );
    expect(textOf('plain text')).toBe('plain text');
  });

  it.each<[string, string[], string | undefined]>([
    ['its last exception', ['KeyError: 1', 'During handling …', 'mod.LoadError: no table'], 'mod.LoadError: no table'],
    ['the last line that complains', ['INFO - ok', '[t] {x.py} ERROR - disk is full', 'bye'], 'disk is full'],
    ['nothing, where it does not say', ['INFO - ok'], undefined],
  ])('tells why it failed by %s', async (_title, lines, error) => {
    async function* stream() {
      yield Buffer.from(lines.join('\n'));
    }
    await expect(errorIn(stream())).resolves.toBe(error);
  });
});
