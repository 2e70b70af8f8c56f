import { rates } from '../../src/slack/buttons';
import { onValue } from '../listen';

export const rateRequest = rates.map((rate) => onValue(rate));
