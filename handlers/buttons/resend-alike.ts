import { buttons } from '../../src/slack/buttons';
import { onValue } from '../listen';

export const resendAlike = onValue(buttons.resendAlike);
