import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the committed manifest asks for, so that the local workspace allows no more than a real one will. */
export function botScopes(): string[] {
  const manifest = JSON.parse(readFileSync(join(__dirname, '..', '..', 'manifest.json'), 'utf8'));
  return manifest.oauth_config.scopes.bot;
}
