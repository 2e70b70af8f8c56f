import { buttons } from '../../src/slack/buttons';
import { onValue } from '../listen';

export const alertMore = onValue(buttons.more);
