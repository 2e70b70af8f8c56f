import { buttons } from '../../src/slack/buttons';
import { onValue } from '../listen';

export const approveAction = onValue(buttons.approveAction);
