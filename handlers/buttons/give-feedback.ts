import { buttons } from '../../src/slack/buttons';
import { onOpening } from '../dialog';
import { giveFeedbackFrom } from '../feedback';

export const giveFeedback = onOpening(buttons.giveFeedback, giveFeedbackFrom('home'));
