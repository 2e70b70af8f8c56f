import { refusalWith } from '../refusal';
import { type JsonObject, parseJson } from '../wire';

/** The arguments of a call: text from a form, or values from JSON, read alike. */
export function readArguments(raw: JsonObject) {
  const text = (name: string): string | undefined => {
    const value = raw[name];
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    return undefined;
  };
  return {
    raw,
    text,
    /** @throws Refusal('invalid_arguments') when missing or blank */
    required(name: string): string {
      const value = text(name);
      if (!value) throw refusalWith('invalid_arguments', [`missing required field: ${name}`]);
      return value;
    },
    flag: (name: string): boolean => ['true', '1'].includes(text(name) ?? ''),
    number(name: string): number | undefined {
      const value = text(name);
      if (value === undefined || value === '') return undefined;
      const number = Number(value);
      if (!Number.isFinite(number))
        throw refusalWith('invalid_arguments', [`failed to match type 'integer' [json-pointer:/${name}]`]);
      return number;
    },
    /** A list or object, which in a form is JSON text. */
    json(name: string): unknown {
      const value = raw[name];
      return typeof value === 'string' ? parseJson(value) : value;
    },
    /** Comma-separated, or a JSON list. */
    list(name: string): string[] {
      const value = raw[name];
      if (Array.isArray(value)) return value.map(String);
      return (text(name) ?? '')
        .split(',')
        .map((entry) => entry.trim())
        .filter((entry) => entry !== '');
    },
  };
}

export type Arguments = ReturnType<typeof readArguments>;
