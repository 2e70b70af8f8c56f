import { buttons } from '../../src/slack/buttons';
import { onValue } from '../listen';

export const requestSolved = onValue(buttons.requestSolved);
