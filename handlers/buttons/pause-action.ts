import { buttons } from '../../src/slack/buttons';
import { onValue } from '../listen';

export const pauseAction = onValue(buttons.pauseAction);
