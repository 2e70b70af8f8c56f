import { buttons } from '../../src/slack/buttons';
import { onValue } from '../listen';

export const wanted = [buttons.unwanted, buttons.wanted].map((button) => onValue(button));
