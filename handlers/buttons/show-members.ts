import { buttons } from '../../src/slack/buttons';
import { onButton } from '../listen';

export const showMembers = onButton(buttons.showMembers);
