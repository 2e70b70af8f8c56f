import { buttons } from '../../src/slack/buttons';
import { pulseTitle, renderPulseForm } from '../../src/slack/pulse';
import { onOpening } from '../dialog';

export const explainPulse = onOpening(buttons.explainPulse, {
  title: pulseTitle,
  meanwhile: 'One moment…',
  show: async ({ value: { quarter }, place }) => ({ view: renderPulseForm({ quarter, place }) }),
});
