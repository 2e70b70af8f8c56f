import type { Button, KnownBlock } from '@slack/types';
import type { FeedbackAnswer } from '../domain/feedback';
import { buttons } from './buttons';
import { actions, type Message, sentence } from './message';

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

/** What a person is told in private; who turned messages off can turn them on again. */
export function renderFeedbackAnswer(answer: FeedbackAnswer): Message {
  const message = sentence(sayFeedbackAnswer(answer));
  if (answer.kind === 'pulse') {
    const why = buttons.explainPulse.element({ quarter: answer.quarter }, { about: 'your answer' });
    return { ...message, blocks: [...message.blocks, ...rowOf([why])] };
  }
  if (answer.kind !== 'unwanted' || !answer.isOff) return message;
  const again = buttons.wanted.element({ what: answer.what }, { about: 'messages of this kind' });
  return { ...message, blocks: [...message.blocks, ...rowOf([again])] };
}

export function sayFeedbackAnswer(answer: FeedbackAnswer): string {
  switch (answer.kind) {
    case 'thumb': {
      const about = {
        diagnosis: answer.isUp ? 'the cause was right' : 'the cause was wrong',
        action: answer.isUp ? 'it helped' : 'it did not help',
      }[answer.about];
      return `Thank you, noted: ${about}. Pressing the other one changes it.`;
    }
    case 'taken':
      return `Thank you. The team reads it, as #${answer.number}, and you hear once when something is done about it.`;
    case 'empty':
      return 'There were no words in it, so nothing was noted. Please write what you think behind the command.';
    case 'sorted':
      return `Feedback #${answer.number} is sorted.`;
    case 'answered':
      return `Marked as done: ${answer.items === 1 ? 'one entry' : `${answer.items} entries`}. ${sayTold(answer)}`;
    case 'answered-already':
      return `Feedback #${answer.number} was done already, and who asked has been told. Nobody is told twice.`;
    case 'not-team':
      return 'Feedback is sorted and answered by the team that answers requests. Nothing was changed.';
    case 'unwanted':
      if (answer.what === 'pulse')
        return answer.isOff ? 'You are not asked any more.' : 'You are asked again, at most once a quarter.';
      return answer.isOff
        ? 'You get no such messages any more. Your feedback is read all the same.'
        : 'You hear again what was done about your feedback.';
    case 'pulse':
      return `Thank you, ${answer.score} of 5 is noted. Pressing another number changes it.`;
    case 'pulse-explained':
      return 'Thank you. The team reads your words without your name, once the round is over.';
    case 'pulse-over':
      return 'This round is over, so nothing was noted. Feedback is always welcome: it has a button on the Home tab.';
  }
}

function sayTold({ told, unwilling }: { told: number; unwilling: number }): string {
  const to = told === 1 ? 'One person is told' : `${told} people are told`;
  return unwilling > 0 ? `${to}; ${unwilling} did not want to be, or left.` : `${to}.`;
}
