import type { Parameters } from '../domain/target';

/** `name=value` a line; true, false and numbers are what they look like, unless they stand in quotes. Never throws. */
export function readParameters(text: string): { values: Parameters } | { why: string } {
  const values: Parameters = {};
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (line === '') continue;
    const [, name, raw = ''] = /^([\w.-]{1,100})\s*=\s*(.*)$/.exec(line) ?? [];
    if (name === undefined) return { why: `"${line.slice(0, 60)}" is not of the form name=value.` };
    if (Object.hasOwn(values, name)) return { why: `${name} stands there twice.` };
    const quoted = /^"(.*)"$|^'(.*)'$/.exec(raw);
    values[name] = quoted
      ? (quoted[1] ?? quoted[2] ?? '')
      : /^(true|false)$/.test(raw)
        ? raw === 'true'
        : /^-?\d{1,15}(\.\d{1,15})?$/.test(raw)
          ? Number(raw)
          : raw;
  }
  return { values };
}
