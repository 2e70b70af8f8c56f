/** What people think of what Pitcrew did for them, as they say it. */

/** What a thumb is about. `diagnosis`: the cause that an alert names. `action`: a retry, backfill or the like that is over. */
export type ThumbSubject = { kind: 'diagnosis'; incidentId: string } | { kind: 'action'; actionId: string };

/** What a person is told in private about what they said. */
export type FeedbackAnswer = { kind: 'thumb'; about: ThumbSubject['kind']; isUp: boolean };
