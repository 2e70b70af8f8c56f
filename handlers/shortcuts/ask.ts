import { shortcuts } from '../../src/slack/surface';
import { askAnywhere } from '../ask';
import { onShortcut } from '../happenings';

export const ask = onShortcut(shortcuts.ask, () => askAnywhere);
