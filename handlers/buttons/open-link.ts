import { buttons } from '../../src/slack/buttons';
import { onLink } from '../listen';

export const openLink = onLink(buttons.openLink);
