import { buttons } from '../../src/slack/buttons';
import { onValue } from '../listen';

export const answerSolved = onValue(buttons.answerSolved);
