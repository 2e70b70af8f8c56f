import { dialogs } from '../../src/slack/dialogs';
import { answerTitle, readAnswerForm, renderAnswerPreview } from '../../src/slack/feedback-forms';
import { onForm } from '../dialog';
import { aboutFeedback } from '../feedback';

/** What was done; it leads on to the message as it would be sent. */
export const answerFeedbackForm = onForm(dialogs.answerFeedback, {
  title: answerTitle,
  meanwhile: 'Looking at who asked for it…',
  read: (filled) => readAnswerForm(filled),
  place: ({ place }) => place,
  show(asked) {
    const { carried, ...doing } = asked.value;
    return aboutFeedback(asked, answerTitle, carried.id, async (item) =>
      renderAnswerPreview(item, doing, {
        audience: await asked.services.feedback.audience({ id: item.id, scope: doing.scope }),
        place: asked.place,
      }),
    );
  },
});
