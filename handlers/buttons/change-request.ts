import { buttons } from '../../src/slack/buttons';
import { onOpening } from '../dialog';
import { changing } from '../request-dialog';

/** On cards of earlier releases. */
export const changeRequest = onOpening(buttons.changeRequest, changing());
