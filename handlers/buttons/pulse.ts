import { pulseScores } from '../../src/slack/buttons';
import { onValue } from '../listen';

export const pulse = pulseScores.map((button) => onValue(button));
