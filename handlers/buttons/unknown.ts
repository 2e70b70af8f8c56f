import { buttons } from '../../src/slack/buttons';
import { onUnknownButton } from '../listen';

export const unknownButton = onUnknownButton(Object.values(buttons).map(({ id }) => id));
