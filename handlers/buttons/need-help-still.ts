import { buttons } from '../../src/slack/buttons';
import { onValue } from '../listen';

export const needHelpStill = onValue(buttons.needHelpStill);
