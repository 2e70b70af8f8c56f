import {
  ArityError,
  EmptyExpressionError,
  IncompleteExpressionError,
  LexerError,
  ParseError,
  search,
  UnknownFunctionError,
  VariadicArityError,
} from '@aws-lambda-powertools/jmespath';
import { z } from 'zod';
import { Failure } from '../../domain/failure';

const longest = 1_000;

/** What is wrong with an expression whatever it is given, and not with what it is given. */
const faults = [
  ArityError,
  EmptyExpressionError,
  IncompleteExpressionError,
  LexerError,
  ParseError,
  UnknownFunctionError,
  VariadicArityError,
];

/** @returns why this is no expression, as the end of a sentence */
function faultIn(text: string): string | undefined {
  try {
    search(text, null);
  } catch (error) {
    if (error instanceof Error && faults.some((Fault) => error instanceof Fault))
      return `is not a JMESPath expression: ${error.message.replace(/\s+/g, ' ').slice(0, 200)}`;
  }
  return undefined;
}

/**
 * An expression of JMESPath: it can select, filter and join, and knows neither loops nor patterns, so that its time is bounded by the
 * size of what it is given.
 */
export const Expression = z
  .string()
  .trim()
  .min(1)
  .max(longest)
  .superRefine((text, context) => {
    const fault = faultIn(text);
    if (fault) context.addIssue({ code: 'custom', message: fault });
  });

/** JSON of whatever shape: only expressions look into it. */
export type Data = Parameters<typeof search>[1];
export const Data = z.custom<Data>(() => true);

/** The value of an expression; `undefined` where there is none. @throws Failure `bad-response`, with the key of the configuration */
export function valueAt(where: string, key: string, expression: string, data: Data): unknown {
  try {
    return search(expression, data) ?? undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/\s+/g, ' ').slice(0, 150) : 'it cannot be read';
    throw new Failure('bad-response', where, { detail: `\`${key}\` does not fit the answer: ${why}`, cause: error });
  }
}
