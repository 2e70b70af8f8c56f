import { buttons } from '../../src/slack/buttons';
import { changeTitle, renderChangeForm } from '../../src/slack/request-forms';
import { onOpening } from '../dialog';
import { aboutRequest } from '../request-dialog';

export const changeRequest = onOpening(
  buttons.changeRequest,
  aboutRequest(changeTitle, (request, place, services) =>
    renderChangeForm(request, place, {
      categories: services.requests.categories(),
      queues: services.requests.queuesBeside(request),
    }),
  ),
);
