import { buttons } from '../../src/slack/buttons';
import { askBackTitle, renderAskBackForm } from '../../src/slack/request-forms';
import { onOpening } from '../dialog';
import { aboutRequest } from '../request-dialog';

export const askBack = onOpening(buttons.askBack, aboutRequest(askBackTitle, renderAskBackForm));
