import { buttons } from '../../src/slack/buttons';
import { openPressed } from '../backfill';
import { onOpening } from '../dialog';

export const backfill = onOpening(buttons.backfill, openPressed);
