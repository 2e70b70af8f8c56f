import { buttons } from '../../src/slack/buttons';
import { onValue } from '../listen';

export const declineAction = onValue(buttons.declineAction);
