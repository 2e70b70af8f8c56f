import { buttons } from '../../src/slack/buttons';
import { askAtHome } from '../ask';
import { onOpening } from '../dialog';

export const askHelp = onOpening(buttons.askHelp, askAtHome);
