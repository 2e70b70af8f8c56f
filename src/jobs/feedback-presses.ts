import { z } from 'zod';
import type { Actor } from '../domain/actor';
import type { ThumbSubject } from '../domain/feedback';
import type { Feedback } from '../requests/feedback';
import type { Tx } from '../store/db';
import type { StoredPress } from '../store/press-rows';
import type { Done } from './done';

export interface FeedbackPressDeps {
  feedback: Feedback;
  actor(slackId: string): Promise<Actor>;
}

const CauseValue = z.object({ incidentId: z.uuid() });
const ActionValue = z.object({ id: z.uuid() });

type Run = (tx: Tx, press: StoredPress) => Promise<Done>;

const gone: Done = { outcome: 'gone', answer: { kind: 'gone' } };

/** What people press to say what they think, by the name of the press. */
export function createFeedbackPresses({ feedback, actor }: FeedbackPressDeps): Map<string, Run> {
  const causeOf = (value: unknown): ThumbSubject | undefined => {
    const read = CauseValue.safeParse(value).data;
    return read && { kind: 'diagnosis', ...read };
  };
  const actionOf = (value: unknown): ThumbSubject | undefined => {
    const read = ActionValue.safeParse(value).data;
    return read && { kind: 'action', actionId: read.id };
  };
  return new Map<string, Run>([
    ['cause-right.v1', thumb(causeOf, true)],
    ['cause-wrong.v1', thumb(causeOf, false)],
    ['it-helped.v1', thumb(actionOf, true)],
    ['no-help.v1', thumb(actionOf, false)],
  ]);

  function thumb(subjectOf: (value: unknown) => ThumbSubject | undefined, isUp: boolean): Run {
    return async (tx, press) => {
      const subject = subjectOf(press.value);
      if (!subject) return gone;
      const who = await actor(press.slackId);
      if (who.isBot || who.isDeactivated)
        return {
          outcome: 'denied',
          answer: { kind: 'denied', why: 'Apps and people who left may not do that.', whoMay: '' },
        };
      const isKept = await feedback.thumb(tx, { actor: who, subject, isUp, at: press.receivedAt });
      if (!isKept) return gone;
      return { outcome: 'noted', answer: { kind: 'feedback', said: { kind: 'thumb', about: subject.kind, isUp } } };
    };
  }
}
