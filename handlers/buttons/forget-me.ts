import { buttons } from '../../src/slack/buttons';
import { onValue } from '../listen';

export const forgetMe = onValue(buttons.forgetMe);
