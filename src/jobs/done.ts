import type { PressAnswer } from '../domain/press';

/** What a press has led to: a word for the row, and what the person is to be told, if anything. */
export interface Done {
  outcome: string;
  answer?: PressAnswer;
  actionId?: string;
}
