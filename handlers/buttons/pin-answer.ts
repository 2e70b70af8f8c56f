import { buttons } from '../../src/slack/buttons';
import { pinTitle, renderPinForm } from '../../src/slack/pinned';
import { onOpening } from '../dialog';
import { aboutRequest } from '../request-dialog';

export const pinAnswer = onOpening(buttons.pinAnswer, aboutRequest(pinTitle, renderPinForm, { isOver: true }));
