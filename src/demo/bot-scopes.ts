import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the committed manifest asks for, so that the local workspace allows no more than a real one will. */
export function botScopes(): string[] {
  return read().oauth_config.scopes.bot;
}

/** What it listens for, so that the local workspace tells it no more. */
export function botEvents(): string[] {
  return read().settings.event_subscriptions?.bot_events ?? [];
}

/** Its entries in the menus. */
export function botShortcuts(): { callbackId: string; name: string; type: 'global' | 'message' }[] {
  const shortcuts: { callback_id: string; name: string; type: 'global' | 'message' }[] =
    read().features.shortcuts ?? [];
  return shortcuts.map(({ callback_id: callbackId, name, type }) => ({ callbackId, name, type }));
}

function read() {
  return JSON.parse(readFileSync(join(__dirname, '..', '..', 'manifest.json'), 'utf8'));
}
