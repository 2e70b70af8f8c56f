import { checkBlocks, checkView, type Flaw } from '../blocks/check';
import { parsed, readContent } from '../content';
import { Refusal, refusalWith } from '../refusal';
import { isObject } from '../wire';
import type { Arguments } from './arguments';
import type { Method, Services } from './method';

const authTest: Method = {
  name: 'auth.test',
  tier: 'special',
  token: 'any',
  scopes: [],
  run(args, { store, team, app, base }) {
    if (args.text('token') === app.appToken) return { app_name: app.botName, app_id: app.appId };
    return {
      url: `${base()}/`,
      team: team.name,
      user: store.users.get(store.botUserId)?.name,
      team_id: team.id,
      user_id: store.botUserId,
      bot_id: store.botId,
      is_enterprise_install: false,
    };
  },
};

const apiTest: Method = {
  name: 'api.test',
  tier: '4',
  token: 'none',
  scopes: [],
  run(args) {
    const { token: _, ...rest } = args.raw;
    const error = args.text('error');
    if (error) throw new Refusal(error, { args: rest });
    return { args: rest };
  },
};

const connectionsOpen: Method = {
  name: 'apps.connections.open',
  tier: '1',
  token: 'app',
  scopes: [],
  run: (_args, { sockets, base }) => ({ url: base().replace(/^http/, 'ws') + sockets.issueAddress() }),
};

const teamInfo: Method = {
  name: 'team.info',
  tier: '3',
  scopes: ['team:read'],
  run: (_args, { team, base }) => ({
    team: { id: team.id, name: team.name, domain: team.domain, url: `${base()}/`, email_domain: '', icon: {} },
  }),
};

const botsInfo: Method = {
  name: 'bots.info',
  tier: '3',
  scopes: ['users:read'],
  run(args, { store, app, clock }) {
    if (args.text('bot') !== store.botId) throw new Refusal('bot_not_found');
    return {
      bot: {
        id: store.botId,
        deleted: false,
        name: app.botName,
        updated: Math.floor(clock.now().getTime() / 1000),
        app_id: app.appId,
        user_id: store.botUserId,
        icons: {},
      },
    };
  },
};

const emojiList: Method = {
  name: 'emoji.list',
  tier: '2',
  scopes: ['emoji:read'],
  run: () => ({ emoji: {}, cache_ts: '0' }),
};

function flawsOf(args: Arguments, services: Services): Flaw[] {
  const given = (['blocks', 'message', 'view'] as const).filter((key) => args.raw[key] !== undefined);
  if (given.length !== 1) throw refusalWith('invalid_arguments', ['exactly one of blocks, message and view is needed']);
  const value = parsed(args.raw[given[0] ?? 'blocks']);
  if (given[0] === 'view') return isObject(value) ? checkView(value) : [notAnObject('/view')];
  if (given[0] === 'blocks') return Array.isArray(value) ? checkBlocks(value, 'message') : [notAnObject('/blocks')];
  if (!isObject(value)) return [notAnObject('/message')];
  if (Array.isArray(value.blocks)) {
    const flaws = checkBlocks(value.blocks, 'message');
    if (flaws.length > 0) return flaws;
  }
  readContent(value, services);
  return [];
}

const notAnObject = (pointer: string): Flaw => ({
  pointer,
  code: 'invalid_type',
  message: 'is not of the right type',
  constraint: { type: 'type' },
});

const blocksValidate: Method = {
  name: 'blocks.validate',
  tier: 'special',
  scopes: [],
  run(args, services) {
    const flaws = flawsOf(args, services);
    if (flaws.length > 0) throw new Refusal('invalid_blocks', { errors: flaws });
    return {};
  },
};

export const workspaceMethods: Method[] = [
  authTest,
  apiTest,
  connectionsOpen,
  teamInfo,
  botsInfo,
  emojiList,
  blocksValidate,
];
