/** What a row of the storm is made of. Times in seconds; recovery counts from the beginning. */
export interface StormRow {
  causes: number;
  channels: number;
  recoverAfter: number;
  /** Of Alertmanager beside us; its stock timing is 300. */
  groupInterval: number;
  killed?: boolean;
}

export const stormRows: Record<string, StormRow> = {
  A: { causes: 50, channels: 1, recoverAfter: 480, groupInterval: 300 },
  B: { causes: 50, channels: 1, recoverAfter: 45, groupInterval: 300 },
  B2: { causes: 1_000, channels: 10, recoverAfter: 45, groupInterval: 300 },
  B3: { causes: 50, channels: 1, recoverAfter: 5, groupInterval: 300 },
  C: { causes: 1_000, channels: 10, recoverAfter: 120, groupInterval: 60 },
  D: { causes: 1_000, channels: 10, recoverAfter: 480, groupInterval: 300 },
  G: { causes: 1, channels: 50, recoverAfter: 120, groupInterval: 300 },
  kill: { causes: 50, channels: 1, recoverAfter: 60, groupInterval: 300, killed: true },
};

export interface StormRun {
  pipeline: string;
  /** A word that only the error texts of this cause hold. */
  cause: string;
  team: number;
}

export type Kind = 'failed' | 'succeeded';

export function runsOf(row: StormRow, count: number): StormRun[] {
  return Array.from({ length: count }, (_, index) => {
    const cause = index % row.causes;
    const team = (row.causes === 1 ? index : cause) % row.channels;
    return { pipeline: `p${team}_${String(index).padStart(5, '0')}`, cause: `src_${inLetters(cause)}_raw`, team };
  });
}

export function eventOf(run: StormRun, index: number, kind: Kind): object {
  return {
    specversion: '1.0',
    id: `${kind}-${index}`,
    source: '/storm',
    type: `io.pitcrew.run.${kind}.v1`,
    time: new Date().toISOString(),
    data: {
      pipeline: run.pipeline,
      run: `run-${index}`,
      attempt: kind === 'failed' ? 1 : 2,
      partition: '2026-11-25',
      team: `team-${run.team}`,
      ...(kind === 'failed' ? { error: errorOf(run) } : {}),
    },
  };
}

export const errorOf = (run: StormRun): string =>
  `psycopg2.errors.UndefinedTable: relation "${run.cause}" does not exist`;

/** Digits in a cause are taken for what changes from run to run. */
function inLetters(index: number): string {
  return String(index)
    .padStart(4, '0')
    .replace(/\d/g, (digit) => 'ghjkmnpqrs'[Number(digit)] ?? '');
}
