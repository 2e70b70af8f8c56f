import { buttons } from '../../src/slack/buttons';
import { onMenu } from '../listen';

export const mute = onMenu(buttons.mute);
