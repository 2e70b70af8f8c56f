import { buttons } from '../../src/slack/buttons';
import { onValue } from '../listen';

export const unpinAnswer = onValue(buttons.unpinAnswer);
