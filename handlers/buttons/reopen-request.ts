import { buttons } from '../../src/slack/buttons';
import { onValue } from '../listen';

export const reopenRequest = onValue(buttons.reopenRequest);
