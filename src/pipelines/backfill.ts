import { type Abilities, whyNot } from '../domain/ability';
import { todayIn } from '../domain/partitions';
import { labelOf, type Pipeline, type PipelineRef } from '../domain/pipeline';
import type { Clock } from '../lib/clock';
import type { Db } from '../store/db';
import * as planReads from '../store/plan-reads';
import type { NameMatch } from './name-match';
import { named } from './named';

export interface BackfillReadDeps {
  db: Db;
  clock: Clock;
  abilitiesOf(connection: string): Abilities;
  lookUp(name: string): Promise<NameMatch>;
  profile(ref: PipelineRef): Promise<Pipeline>;
}

/** What a person has to know of a pipeline before they say which partitions of it are to be run. */
export function createBackfillReads({ db, clock, abilitiesOf, lookUp, profile }: BackfillReadDeps) {
  async function about(ref: PipelineRef) {
    const pipeline = await profile(ref);
    const { facts, connection, key } = pipeline;
    const label = labelOf(pipeline);
    const why = whyNot(abilitiesOf(connection), 'backfill');
    if (why !== undefined) return { kind: 'not-able' as const, label, connection, why };
    const timeZone = facts.timeZone ?? 'UTC';
    const { example } = await planReads.partitionHabit(db, ref);
    return {
      kind: 'found' as const,
      pipeline: { connection, key },
      label,
      timeZone,
      today: todayIn(timeZone, clock.now()),
      ...(facts.schedule ? { schedule: facts.schedule } : {}),
      ...(example === undefined ? {} : { example }),
    };
  }

  return {
    about,

    /** By a name as people type it. */
    named: (asked: string) => named(asked, { lookUp, about }),
  };
}
