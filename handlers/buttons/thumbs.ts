import { thumbs as all } from '../../src/slack/buttons';
import { onValue } from '../listen';

export const thumbs = all.map((thumb) => onValue<Record<string, string>>(thumb));
