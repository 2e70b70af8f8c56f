import type { Actor } from '../domain/actor';
import type { ThumbSubject } from '../domain/feedback';
import type { Tx } from '../store/db';
import * as feedbackRows from '../store/feedback-rows';

export type Feedback = ReturnType<typeof createFeedback>;

/** Keeps what people think of what Pitcrew did. In: a press. Out: rows that the figures read. */
export function createFeedback() {
  return {
    /** @param at when it was pressed @returns false where there is nothing any more that it could be about */
    async thumb(
      tx: Tx,
      { actor, subject, isUp, at }: { actor: Actor; subject: ThumbSubject; isUp: boolean; at: Date },
    ): Promise<boolean> {
      const about = await feedbackRows.aboutOf(tx, subject);
      if (about === undefined) return false;
      await feedbackRows.saveThumb(tx, { subject, about, personId: actor.personId, isUp, at });
      return true;
    },
  };
}
