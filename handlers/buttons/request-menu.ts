import { buttons } from '../../src/slack/buttons';
import { onValue } from '../listen';
import { changing } from '../request-dialog';

export const requestMenu = onValue(buttons.requestMenu, ({ part }) => changing(part));
