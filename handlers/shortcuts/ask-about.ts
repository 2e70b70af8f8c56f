import { shortcuts } from '../../src/slack/surface';
import { askAboutMessage } from '../ask';
import { onShortcut } from '../happenings';

export const askAbout = onShortcut(shortcuts.askAbout, askAboutMessage);
