import { buttons } from '../../src/slack/buttons';
import { onButton } from '../listen';

export const acknowledge = onButton(buttons.acknowledge);
