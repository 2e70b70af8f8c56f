import type { Button, KnownBlock } from '@slack/types';
import type { FeedbackAnswer } from '../domain/feedback';
import { buttons } from './buttons';
import { actions } from './message';

/** Whether the cause that an alert names was right. @param about the cause, in words */
export function causeThumbs(incidentId: string, about: string): KnownBlock[] {
  return rowOf([
    buttons.causeRight.element({ incidentId }, { about }),
    buttons.causeWrong.element({ incidentId }, { about }),
  ]);
}

/** Whether a change that is over helped. @param about the change, in words */
export function actionThumbs(id: string, about: string): (Button | undefined)[] {
  return [buttons.itHelped.element({ id }, { about }), buttons.noHelp.element({ id }, { about })];
}

export function rowOf(elements: (Button | undefined)[]): KnownBlock[] {
  const row = elements.filter((element) => element !== undefined);
  return row.length > 0 ? [actions(row)] : [];
}

/** What a person is told in private about what they said. */
export function sayFeedbackAnswer(answer: FeedbackAnswer): string {
  const about = {
    diagnosis: answer.isUp ? 'the cause was right' : 'the cause was wrong',
    action: answer.isUp ? 'it helped' : 'it did not help',
  }[answer.about];
  return `Thank you, noted: ${about}. Pressing the other one changes it.`;
}
