import { buttons } from '../../src/slack/buttons';
import { onButton } from '../listen';

export const retryRun = onButton(buttons.retryRun);
