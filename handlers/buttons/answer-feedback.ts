import { buttons } from '../../src/slack/buttons';
import { answerTitle, renderAnswerForm } from '../../src/slack/feedback-forms';
import { onOpening } from '../dialog';
import { aboutFeedback } from '../feedback';

export const answerFeedback = onOpening(buttons.answerFeedback, {
  title: answerTitle,
  meanwhile: 'One moment…',
  show: (asked) => aboutFeedback(asked, answerTitle, asked.value.id, (item) => renderAnswerForm(item, asked.place)),
});
