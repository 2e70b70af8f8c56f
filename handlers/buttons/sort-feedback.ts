import { buttons } from '../../src/slack/buttons';
import { renderSortForm, sortTitle } from '../../src/slack/feedback-forms';
import { onOpening } from '../dialog';
import { aboutFeedback } from '../feedback';

export const sortFeedback = onOpening(buttons.sortFeedback, {
  title: sortTitle,
  meanwhile: 'One moment…',
  show: (asked) =>
    aboutFeedback(asked, sortTitle, asked.value.id, async (item) =>
      renderSortForm(item, asked.place, await asked.services.feedback.themesFor(item)),
    ),
});
