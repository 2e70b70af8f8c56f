import { buttons } from '../../src/slack/buttons';
import { onValue } from '../listen';

export const mute = onValue(buttons.mute);
