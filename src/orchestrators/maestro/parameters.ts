import type { Parameters } from '../../domain/target';
import type { Refusals } from '../refusals';
import type { PassedParameter, PassedParameters } from './api';
import type { Parameter } from './schema';

type Defined = Record<string, Parameter | null> | null | undefined;
type Value = Parameters[string];

/** Modes that bar a change at that moment: so says the server's own 400. */
const fixedAt = {
  start: ['CONSTANT', 'IMMUTABLE'],
  restart: ['CONSTANT', 'IMMUTABLE', 'MUTABLE_ON_START'],
} as const;
const reserved = /^(?:maestro|params|util|auth_.*)$/i;
const passedAtMost = 128;

/**
 * What people gave, as the server takes it: each value with the type that the definition has for it. A name that is not defined may
 * be passed as well.
 *
 * @throws Failure `rejected` for one that cannot be set at this moment, or not to this
 */
export function passParameters(
  given: Parameters,
  defined: Defined,
  moment: 'start' | 'restart',
  refusals: Refusals,
): PassedParameters {
  const names = Object.keys(given);
  if (names.length > passedAtMost)
    throw refusals.no(`At most ${passedAtMost} parameters can be given. Leave some out.`);
  return Object.fromEntries(
    Object.entries(given).map(([name, value]): [string, PassedParameter] => {
      const known = defined?.[name];
      const mode = known?.mode?.toUpperCase();
      if (reserved.test(name)) throw refusals.no(`The parameter ${name} is the server's own. Leave it out.`);
      if (fixedAt.start.some((fixed) => fixed === mode))
        throw refusals.no(`The parameter ${name} is fixed (${mode}). Leave it out.`);
      if (fixedAt[moment].some((fixed) => fixed === mode)) {
        throw refusals.no(
          `The parameter ${name} is set when a run is started and stays with it. Start a new run instead.`,
        );
      }
      const type = known?.type.toUpperCase() || typeOf(value);
      const taken = fitting(value, type);
      if (taken === undefined)
        throw refusals.no(
          `The parameter ${name} must be ${article(type)}, not "${value}". Give it so, or leave it out.`,
        );
      return [name, { type, value: taken }];
    }),
  );
}

function typeOf(value: Value): string {
  if (typeof value === 'number') return Number.isInteger(value) ? 'LONG' : 'DOUBLE';
  return typeof value === 'boolean' ? 'BOOLEAN' : 'STRING';
}

/** @returns undefined for a value that cannot be of this type; of a list, the entries stand between commas */
function fitting(value: Value, type: string): unknown {
  switch (type) {
    case 'STRING':
      return String(value);
    case 'LONG':
      return Number.isSafeInteger(numberIn(value)) ? numberIn(value) : undefined;
    case 'DOUBLE':
      return Number.isFinite(numberIn(value)) ? numberIn(value) : undefined;
    case 'BOOLEAN':
      return { true: true, false: false }[String(value).toLowerCase()];
    case 'STRING_ARRAY':
    case 'LONG_ARRAY':
    case 'DOUBLE_ARRAY':
    case 'BOOLEAN_ARRAY': {
      const entries = String(value)
        .split(',')
        .map((entry) => fitting(entry.trim(), type.replace('_ARRAY', '')));
      return entries.includes(undefined) ? undefined : entries;
    }
    default:
      return undefined; // maps are not given in a line
  }
}

const numberIn = (value: Value): number => (String(value).trim() === '' ? Number.NaN : Number(value));

const names: Record<string, string> = {
  LONG: 'a whole number',
  DOUBLE: 'a number',
  BOOLEAN: 'true or false',
  STRING_ARRAY: 'a list with commas',
  LONG_ARRAY: 'whole numbers with commas',
  DOUBLE_ARRAY: 'numbers with commas',
  BOOLEAN_ARRAY: 'true or false, with commas',
};

function article(type: string): string {
  return names[type] ?? `of the type ${type}, which cannot be given here`;
}
