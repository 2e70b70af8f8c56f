import { buttons } from '../../src/slack/buttons';
import { onValue } from '../listen';

export const finishTask = onValue(buttons.finishTask);
