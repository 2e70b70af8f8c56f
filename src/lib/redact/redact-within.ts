/** The same value with every text in it redacted, however deep. Names of fields stay, and so does all that is no text, list or record. */
export function redactWithin<T>(value: T, redact: (text: string) => string): T;
export function redactWithin(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((each) => redactWithin<unknown>(each, redact));
  if (Object.prototype.toString.call(value) !== '[object Object]') return value;
  return Object.fromEntries(Object.entries(value ?? {}).map(([name, each]) => [name, redactWithin(each, redact)]));
}
