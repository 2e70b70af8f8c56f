import { randomUUID } from 'node:crypto';
import type { ThumbSubject } from '../domain/feedback';
import type { Queryable, Tx } from './db';

/** What a thumb is about, as it is now: the rule or category that named the cause, or the kind of action. Nothing where that is gone or was never tried. */
export async function aboutOf(db: Queryable, subject: ThumbSubject): Promise<string | undefined> {
  const [row] =
    subject.kind === 'diagnosis'
      ? await db.query<{ about: string }>(
          `select coalesce(cause ->> 'ruleId', cause ->> 'category') as about from incidents where incident_id = $1 and cause is not null`,
          [subject.incidentId],
        )
      : await db.query<{ about: string }>(
          `select kind as about from actions where action_id = $1 and tried_at is not null`,
          [subject.actionId],
        );
  return row?.about;
}

/** One for each person and subject: of two the one that was pressed last, whichever comes in first. */
export async function saveThumb(
  tx: Tx,
  thumb: { subject: ThumbSubject; about: string; personId: string; isUp: boolean; at: Date },
): Promise<void> {
  const { subject } = thumb;
  await tx.query(
    `insert into feedback (feedback_id, kind, subject_kind, subject_id, about, person_id, value, at)
     values ($1, 'thumb', $2, $3, $4, $5, $6, $7)
     on conflict (kind, subject_kind, subject_id, person_id)
       do update set value = excluded.value, about = excluded.about, at = excluded.at where feedback.at <= excluded.at`,
    [
      randomUUID(),
      subject.kind,
      subject.kind === 'diagnosis' ? subject.incidentId : subject.actionId,
      thumb.about,
      thumb.personId,
      thumb.isUp ? 1 : -1,
      thumb.at,
    ],
  );
}
