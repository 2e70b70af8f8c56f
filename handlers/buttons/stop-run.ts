import { buttons } from '../../src/slack/buttons';
import { onButton } from '../listen';

export const stopRun = onButton(buttons.stopRun);
