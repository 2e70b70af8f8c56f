import { buttons } from '../../src/slack/buttons';
import { onValue } from '../listen';

export const stopAutoRetry = onValue(buttons.stopAutoRetry);
