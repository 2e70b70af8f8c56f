import { buttons } from '../../src/slack/buttons';
import { explainTitle, renderExplainForm } from '../../src/slack/request-forms';
import { onOpening } from '../dialog';
import { ofRequest } from '../request-dialog';

export const explainRating = onOpening(
  buttons.explainRating,
  ofRequest(
    explainTitle,
    { may: ({ requester }, { actor }) => requester === actor.personId, because: 'not-yours' },
    (request, { place }) => ({ view: renderExplainForm(request, place) }),
  ),
);
