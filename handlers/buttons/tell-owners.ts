import { buttons } from '../../src/slack/buttons';
import { onValue } from '../listen';

export const tellOwners = onValue(buttons.tellOwners);
