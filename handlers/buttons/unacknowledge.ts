import { buttons } from '../../src/slack/buttons';
import { onButton } from '../listen';

export const unacknowledge = onButton(buttons.unacknowledge);
