import { buttons } from '../../src/slack/buttons';
import { onValue } from '../listen';

export const resendParked = onValue(buttons.resendParked);
