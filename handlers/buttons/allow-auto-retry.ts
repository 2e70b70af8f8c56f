import { buttons } from '../../src/slack/buttons';
import { onValue } from '../listen';

export const allowAutoRetry = onValue(buttons.allowAutoRetry);
