import { shortcuts } from '../../src/slack/surface';
import { giveFeedbackFrom } from '../feedback';
import { onShortcut } from '../happenings';

export const feedback = onShortcut(shortcuts.feedback, () => giveFeedbackFrom('form'));
