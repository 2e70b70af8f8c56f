import type { Environment } from '../config';
import type { Fault } from '../lib/configuration-fault';
import type { Path } from './yaml-file';

/**
 * Puts the environment's values for `${NAME}` into every string. A name without a value is a fault; so is a secret that is
 * written out, since files are copied and committed.
 */
export function fillIn(
  value: unknown,
  env: Environment,
  placeOf: (path: Path) => string,
): { value: unknown; faults: Fault[] } {
  const faults: Fault[] = [];
  const walk = (node: unknown, path: Path): unknown => {
    if (typeof node === 'string') return fillText(node, path);
    if (Array.isArray(node)) return node.map((item, index) => walk(item, [...path, index]));
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, walk(item, [...path, key])]));
  };
  const fillText = (text: string, path: Path): string => {
    if (isWrittenOut(text, path)) {
      faults.push({
        where: placeOf(path),
        say: `is a secret written out: name a variable instead, as in \${SOME_NAME}`,
      });
      return text;
    }
    return text.replace(/\$\{([^}]*)\}/g, (reference, name: string) => {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
        faults.push({ where: placeOf(path), say: `holds a \${…} that is not the name of a variable` });
        return reference;
      }
      const found = env[name]?.trim();
      if (found) return found;
      faults.push({ where: placeOf(path), say: `wants the variable ${name}, which is not set` });
      return reference;
    });
  };
  return { value: walk(value, []), faults };
}

function isWrittenOut(text: string, path: Path): boolean {
  if (/:\/\/[^/@\s:]*:(?!\$\{)[^/@\s]+@/.test(text)) return true; // a password in an address
  const key = path.findLast((step) => typeof step === 'string');
  if (typeof key !== 'string' || !isSecretKey(key)) return false;
  // A scheme may stand before it: `Bearer ${TOKEN}`.
  return !/^(?:(?:bearer|basic|token|digest|negotiate|apikey|api-key|key) )?\s*(?:\$\{[^}]*\}[.:]?)+$/i.test(
    text.trim(),
  );
}

/** `token`, `botToken`, `Authorization`, `X-Api-Key`, `client_secret`; not `tokenUrl`. */
function isSecretKey(key: string): boolean {
  const words = key
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  const last = words.at(-1) ?? '';
  if (last === 'key') return ['api', 'access', 'private', 'secret', 'signing'].includes(words.at(-2) ?? '');
  return [
    'token',
    'secret',
    'password',
    'passwd',
    'passphrase',
    'authorization',
    'cookie',
    'credentials',
    'apikey',
  ].includes(last);
}
