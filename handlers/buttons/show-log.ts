import { buttons } from '../../src/slack/buttons';
import { onButton } from '../listen';

export const showLog = onButton(buttons.showLog);
