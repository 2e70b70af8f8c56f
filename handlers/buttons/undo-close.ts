import { buttons } from '../../src/slack/buttons';
import { onButton } from '../listen';

export const undoClose = onButton(buttons.undoClose);
