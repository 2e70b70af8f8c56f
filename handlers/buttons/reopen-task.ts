import { buttons } from '../../src/slack/buttons';
import { onValue } from '../listen';

export const reopenTask = onValue(buttons.reopenTask);
