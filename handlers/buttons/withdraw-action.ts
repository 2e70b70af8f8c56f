import { buttons } from '../../src/slack/buttons';
import { onValue } from '../listen';

export const withdrawAction = onValue(buttons.withdrawAction);
