import { buttons } from '../../src/slack/buttons';
import { onValue } from '../listen';

export const dismissQuestion = onValue(buttons.dismissQuestion);
