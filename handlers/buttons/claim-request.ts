import { buttons } from '../../src/slack/buttons';
import { onValue } from '../listen';

export const claimRequest = onValue(buttons.claimRequest);
