import { buttons } from '../../src/slack/buttons';
import { onValue } from '../listen';

export const resumeAction = onValue(buttons.resumeAction);
