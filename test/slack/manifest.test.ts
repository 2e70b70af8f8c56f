import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { SettingsFile } from '../../src/domain/settings';
import { manifestFor } from '../../src/slack/manifest';
import { type Surface, surfaceOf } from '../../src/slack/surface';
import { onlyWhere } from '../support/only-where';

const root = join(__dirname, '..', '..');
const defaults = { ...SettingsFile.parse({}), orchestrators: [] };
const nothing: Surface = { commands: [], events: [], shortcuts: [] };
const everything: Surface = {
  commands: surfaceOf(defaults).commands,
  events: [
    'app_home_opened',
    'app_mention',
    'assistant_thread_started',
    'function_executed',
    'link_shared',
    'message.im',
  ],
  shortcuts: [{ name: 'Ask for help', type: 'message', callbackId: 'ask.v1', description: 'Make it a request' }],
};
const maestro = {
  name: 'prod',
  kind: 'maestro',
  url: 'https://maestro.example.com:8443/x',
  headers: {},
  actAs: 'email' as const,
};
const withLinks = {
  orchestrators: [
    { ...maestro, settings: {} },
    { ...maestro, name: 'lab', settings: {} },
  ],
};

describe('manifestFor', () => {
  it('uses Socket Mode and no address without a URL', () => {
    const manifest = manifestFor(defaults, everything);
    expect(manifest.settings.socket_mode_enabled).toBe(true);
    expect(JSON.stringify(manifest)).not.toContain('http');
  });

  it.each(['https://pitcrew.example.com', 'https://pitcrew.example.com/', 'https://pitcrew.example.com/slack/events'])(
    'has Slack call the one address below %s',
    (httpUrl) => {
      const url = 'https://pitcrew.example.com/slack/events';
      const manifest = manifestFor(defaults, everything, { httpUrl });
      expect(manifest).toMatchObject({
        features: {
          slash_commands: [
            { command: '/pipeline', url },
            { command: '/support', url },
          ],
        },
        settings: {
          socket_mode_enabled: false,
          interactivity: { request_url: url },
          event_subscriptions: { request_url: url },
        },
      });
    },
  );

  it('calls the commands what the configuration calls them', () => {
    const renamed = surfaceOf({ commands: { pipeline: '/pipes', support: '/help-me' } });
    expect(manifestFor(defaults, renamed)).toMatchObject({
      features: { slash_commands: [{ command: '/pipes' }, { command: '/help-me' }] },
    });
  });

  it('asks for the rights of the events, and for no event without a listener', () => {
    const base = manifestFor(defaults, nothing);
    expect(base.settings).not.toHaveProperty('event_subscriptions');
    expect(base.oauth_config.scopes.bot).not.toContain('commands');
    expect(base.features).not.toHaveProperty('unfurl_domains');
    const full = manifestFor(withLinks, everything);
    expect(full.settings.event_subscriptions?.bot_events).toEqual(everything.events);
    const more = full.oauth_config.scopes.bot.filter((scope) => !base.oauth_config.scopes.bot.includes(scope));
    expect(more).toEqual(['app_mentions:read', 'assistant:write', 'commands', 'links:read', 'links:write']);
  });

  it('shows the tabs that have something to show', () => {
    expect(manifestFor(defaults, nothing).features.app_home).toEqual({
      home_tab_enabled: false,
      messages_tab_enabled: true,
      messages_tab_read_only_enabled: true,
    });
    expect(manifestFor(defaults, everything).features.app_home).toMatchObject({
      home_tab_enabled: true,
      messages_tab_read_only_enabled: false,
    });
  });

  it('names each host of the orchestrators once for links', () => {
    expect(manifestFor(withLinks, everything).features).toMatchObject({ unfurl_domains: ['maestro.example.com'] });
  });

  it('leaves out what the workspace cannot have', () => {
    const manifest = manifestFor(defaults, everything, { without: ['assistant', 'workflow'] });
    expect(manifest.settings.event_subscriptions?.bot_events).toEqual([
      'app_home_opened',
      'app_mention',
      'link_shared',
      'message.im',
    ]);
    expect(manifest.oauth_config.scopes.bot).not.toContain('assistant:write');
    expect(manifest.features).not.toHaveProperty('assistant_view');
  });
});

describe('manifest.json', () => {
  it('is the Socket Mode manifest of the defaults (npx pitcrew manifest > manifest.json)', () => {
    const committed: unknown = JSON.parse(readFileSync(join(root, 'manifest.json'), 'utf8'));
    expect(committed).toEqual(JSON.parse(JSON.stringify(manifestFor(defaults, surfaceOf(defaults)))));
  });
});

const schemaFile = join(root, '..', 'shared', 'specs', 'slack-manifest.schema.json');
const withSchema = onlyWhere(existsSync(schemaFile), 'that file is not beside the repository');

withSchema.describe("Slack's own schema of manifests", () => {
  it.each([
    { title: 'the least', manifest: manifestFor(defaults, nothing) },
    { title: 'the default', manifest: manifestFor(defaults, surfaceOf(defaults)) },
    { title: 'the most, over Socket Mode', manifest: manifestFor(withLinks, everything) },
    {
      title: 'the most, over HTTP',
      manifest: manifestFor(withLinks, everything, { httpUrl: 'https://pitcrew.example.com' }),
    },
  ])('takes $title', ({ manifest }) => {
    const ajv = new Ajv({ strict: false, validateFormats: false });
    const validate = ajv.compile(JSON.parse(readFileSync(schemaFile, 'utf8')));
    validate(JSON.parse(JSON.stringify(manifest)));
    expect(validate.errors).toBeNull();
  });
});
