import { onUnknownCommand } from '../listen';

export const unknownCommand = onUnknownCommand();
