import type { Queryable } from './db';

/** One intentional thing that a person did here, as stored. */
export interface InteractionFact {
  slackId: string;
  what: string;
  channel?: string;
  pipeline?: string;
  outcome: string;
  tookMs: number;
  at: Date;
}

/** @returns false for someone we have not met: there is no surrogate to store it under */
export async function addInteraction(db: Queryable, fact: InteractionFact): Promise<boolean> {
  const rows = await db.query(
    `insert into interactions (person_id, what, channel, pipeline, outcome, took_ms, at)
     select person_id, $2, $3, $4, $5, $6, $7 from people where slack_id = $1
     returning seq`,
    [fact.slackId, fact.what, fact.channel ?? null, fact.pipeline ?? null, fact.outcome, fact.tookMs, fact.at],
  );
  return rows.length > 0;
}
