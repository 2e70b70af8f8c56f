import { buttons } from '../../src/slack/buttons';
import { onValue } from '../listen';

export const cancelAction = onValue(buttons.cancelAction);
