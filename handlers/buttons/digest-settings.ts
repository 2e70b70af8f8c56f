import { buttons } from '../../src/slack/buttons';
import { onOpening } from '../dialog';
import { choosingDigest } from '../digest';

export const digestSettings = onOpening(buttons.digestSettings, choosingDigest);
