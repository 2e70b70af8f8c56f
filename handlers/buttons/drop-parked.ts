import { buttons } from '../../src/slack/buttons';
import { onValue } from '../listen';

export const dropParked = onValue(buttons.dropParked);
