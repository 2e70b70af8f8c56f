import type { ChannelOptions, PersonOptions, UserGroupOptions } from '../workspace/options';

const bot = 'U0PITCREW';

const person = (id: string, name: string, realName: string, more: Partial<PersonOptions> = {}): PersonOptions => ({
  id,
  name,
  realName,
  email: `${name}@shop.example`,
  timeZone: 'Europe/Berlin',
  ...more,
});

/** The first is whom the page acts as to begin with. */
export const people: PersonOptions[] = [
  person('U0DANA', 'dana', 'Dana Whitfield'),
  person('U0PRIYA', 'priya', 'Priya Raman', { timeZone: 'Asia/Kolkata' }),
  person('U0NOAH', 'noah', 'Noah Lindqvist'),
  person('U0MEI', 'mei', 'Mei Tanaka', { timeZone: 'America/New_York' }),
  person('U0SAM', 'sam', 'Sam Okafor'),
  person('U0GUEST', 'gus', 'Gus Partner', { isGuest: true }),
];

const everybody = people.filter(({ isGuest }) => !isGuest).map(({ id }) => id);

export const channels: ChannelOptions[] = [
  { id: 'C0ORDERS', name: 'orders-data', members: [...everybody, 'U0GUEST', bot] },
  { id: 'C0FINANCE', name: 'finance-data', members: [...everybody, bot] },
  { id: 'C0MARKETING', name: 'marketing-data', members: [...everybody, bot] },
  { id: 'C0PLATFORM', name: 'data-platform', members: [...everybody, bot] },
  { id: 'C0HELP', name: 'ask-data', members: [...everybody, bot] },
  { id: 'C0TRIAGE', name: 'enablement-triage', members: ['U0PRIYA', 'U0SAM', bot] },
  { id: 'C0ALERTS', name: 'data-alerts', members: [...everybody, bot] },
];

export const userGroups: UserGroupOptions[] = [
  { id: 'S0ORDERS', handle: 'orders-team', name: 'Orders data team', members: ['U0DANA', 'U0PRIYA'] },
  { id: 'S0FINANCE', handle: 'finance-team', name: 'Finance data team', members: ['U0MEI', 'U0DANA'] },
  { id: 'S0MARKETING', handle: 'marketing-team', name: 'Marketing data team', members: ['U0NOAH'] },
  { id: 'S0PLATFORM', handle: 'platform', name: 'Data platform', members: ['U0PRIYA', 'U0SAM'] },
];

export const app = {
  appId: 'A0PITCREW',
  botUserId: bot,
  botName: 'Pitcrew',
  botToken: 'xoxb-demo-only',
  appToken: 'xapp-demo-only',
  signingSecret: 'demo-only',
};
