import { buttons } from '../../src/slack/buttons';
import { onButton } from '../listen';

export const unmute = onButton(buttons.unmute);
