import { tz } from '@date-fns/tz';
import { format } from 'date-fns/format';
import { subDays } from 'date-fns/subDays';
import { badRequest, invalid } from './refusal';
import type { JsonObject, ParamDefinition, Params } from './wire';

/** A parameter that cannot be evaluated. At a start it is a 400; in a step it ends the attempt. */
export class ParamFault extends Error {}

export interface Evaluated {
  /** As answered: the definition with `evaluated_result` and `evaluated_time`. */
  params: Record<string, JsonObject>;
  values: Record<string, unknown>;
}

const mutableOnStart = (type: ParamDefinition['type'], value: unknown): ParamDefinition => ({
  type,
  value,
  mode: 'MUTABLE_ON_START',
});

/** The parameters that every workflow has. Days are those of the cron's time zone. */
export function builtInParams(runTs: number, timeZone: string): Params {
  const day = (daysBack: number) => format(subDays(runTs, daysBack, { in: tz(timeZone) }), 'yyyyMMdd');
  return {
    RUN_TS: mutableOnStart('LONG', runTs),
    WORKFLOW_CRON_TIMEZONE: mutableOnStart('STRING', timeZone),
    DSL_DEFAULT_TZ: mutableOnStart('STRING', 'UTC'),
    TARGET_RUN_DATE: mutableOnStart('STRING', day(0)),
    TARGET_RUN_HOUR: mutableOnStart('STRING', format(subDays(runTs, 0, { in: tz(timeZone) }), 'HH')),
    RUN_DATE: mutableOnStart('STRING', day(0)),
    RUN_DATE_MINUS_1: mutableOnStart('STRING', day(1)),
    RUN_DATE_MINUS_7: mutableOnStart('STRING', day(7)),
    LOCAL_RUN_DATE: mutableOnStart('STRING', day(0)),
  };
}

const fixedAt = {
  start: ['CONSTANT', 'IMMUTABLE'],
  restart: ['CONSTANT', 'IMMUTABLE', 'MUTABLE_ON_START'],
};
const reserved = /^(maestro|params|util|AUTH_.*)$/i;

/** The definitions with a caller's overrides on top. Throws a 400 for one that may not be changed at this moment. */
export function overrideParams(defined: Params, overrides: Params | undefined, moment: 'start' | 'restart'): Params {
  const merged = { ...defined };
  for (const [name, given] of Object.entries(overrides ?? {})) {
    if (reserved.test(name))
      throw invalid(
        `runParams [param definition] cannot use any of reserved param names - rejected value is [${name}]`,
      );
    const old = defined[name];
    const mode = old?.mode ?? 'MUTABLE';
    if (old && fixedAt[moment].includes(mode)) {
      throw badRequest(`Cannot modify param with mode [${mode}] for parameter [${name}]`);
    }
    if (old && old.type !== given.type) {
      throw badRequest(
        `BAD_REQUEST - ParameterDefinition type mismatch name [${name}] from [${given.type}] != to [${old.type}]`,
      );
    }
    merged[name] = { ...given, ...(old?.mode ? { mode: old.mode } : {}) };
  }
  return merged;
}

const identifier = /^[_a-zA-Z][.\-_a-zA-Z0-9]*$/;

/** Evaluates all, in the order their references ask for. `scope` holds values from outside, such as the run's. */
export function evaluateParams(definitions: Params, scope: Record<string, unknown>, at: number): Evaluated {
  const values: Record<string, unknown> = {};
  const open = new Set<string>();

  const resolve = (name: string): unknown => {
    if (name in values) return values[name];
    const definition = definitions[name];
    if (definition && !open.has(name)) {
      open.add(name);
      values[name] = evaluate(name, definition);
      open.delete(name);
      return values[name];
    }
    if (name in scope) return scope[name];
    if (definition) throw new ParamFault(`Param [${name}] is part of a cyclic reference`);
    throw new ParamFault(`Param [${name}] is referenced but is not defined`);
  };
  const interpolate = (text: string) =>
    text.replace(/\$\{([^}]*)\}/g, (_whole, name: string) => String(resolve(name.trim())));
  const evaluateExpression = (text: string): unknown => {
    const parts = text
      .trim()
      .replace(/;$/, '')
      .split('+')
      .map((part) => part.trim());
    const evaluated = parts.map((part): unknown => {
      const quoted = /^(['"])(.*)\1$/.exec(part);
      if (quoted) return quoted[2];
      if (/^-?\d+(\.\d+)?$/.test(part)) return Number(part);
      if (identifier.test(part)) return resolve(part);
      throw new ParamFault(`Expression [${text}] cannot be evaluated`);
    });
    if (evaluated.length === 1) return evaluated[0];
    return evaluated.every((part) => typeof part === 'number')
      ? evaluated.reduce<number>((sum, part) => sum + Number(part), 0)
      : evaluated.map(String).join('');
  };
  const evaluate = (name: string, definition: ParamDefinition): unknown => {
    const raw =
      definition.expression === undefined ? literal(name, definition.value) : evaluateExpression(definition.expression);
    return cast(name, definition.type, raw);
  };
  const literal = (name: string, value: unknown): unknown => {
    if (typeof value === 'string') return interpolate(value);
    if (Array.isArray(value)) return value.map((entry) => literal(name, entry));
    return value;
  };
  const cast = (name: string, type: ParamDefinition['type'], value: unknown): unknown => {
    const wrong = () => new ParamFault(`Param [${name}] is expected to be ${type} but is [${JSON.stringify(value)}]`);
    switch (type) {
      case 'STRING':
        return typeof value === 'object' ? fail(wrong()) : String(value);
      case 'LONG': {
        const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
        return Number.isSafeInteger(number) ? number : fail(wrong());
      }
      case 'DOUBLE': {
        const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
        return Number.isFinite(number) ? number : fail(wrong());
      }
      case 'BOOLEAN':
        return value === true || value === 'true' ? true : value === false || value === 'false' ? false : fail(wrong());
      case 'MAP':
        return isRecord(value)
          ? Object.fromEntries(
              Object.entries(value).map(([key, entry]) => [key, evaluateEntry(`${name}.${key}`, entry)]),
            )
          : fail(wrong());
      case 'STRING_MAP':
        return isRecord(value)
          ? Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, interpolate(String(entry))]))
          : fail(wrong());
      default:
        return Array.isArray(value) ? value : fail(wrong());
    }
  };
  const evaluateEntry = (name: string, entry: unknown): unknown => {
    if (!isRecord(entry)) return fail(new ParamFault(`Param [${name}] is not a parameter definition`));
    const { type, value, expression } = entry;
    if (typeof type !== 'string') return fail(new ParamFault(`Param [${name}] has no type`));
    const raw = typeof expression === 'string' ? evaluateExpression(expression) : literal(name, value);
    return type === 'MAP' || type === 'STRING_MAP' ? cast(name, type, value) : raw;
  };

  for (const name of Object.keys(definitions)) resolve(name);
  const params = Object.fromEntries(
    Object.entries(definitions).map(([name, definition]) => [
      name,
      { ...definition, evaluated_result: values[name], evaluated_time: at },
    ]),
  );
  return { params, values };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fail(fault: ParamFault): never {
  throw fault;
}

/** Definitions from plain values, as a caller of the stand-in writes them. */
export function paramsFrom(given: Record<string, string | number | boolean | ParamDefinition>): Params {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]): [string, ParamDefinition] => {
      if (typeof value === 'object') return [name, value];
      if (typeof value === 'number') return [name, { type: Number.isInteger(value) ? 'LONG' : 'DOUBLE', value }];
      return [name, { type: typeof value === 'boolean' ? 'BOOLEAN' : 'STRING', value }];
    }),
  );
}
