import { z } from 'zod';

// What Slack sends when somebody presses, types or submits something; only what we read of it.

const text = z.string().min(1);
const team = z.object({ id: text }).nullish();
const Home = z.object({ home: z.object({ teamId: text, enterpriseId: z.string().optional() }).optional() });

export const ButtonCall = z.object({
  user: z.object({ id: text, team_id: text.nullish() }),
  enterprise: team,
  channel: z.object({ id: text }).nullish(),
  message: z.object({ ts: text }).nullish(),
  container: z.object({ message_ts: text.nullish(), channel_id: text.nullish(), thread_ts: text.nullish() }).nullish(),
  view: z.object({ type: text }).nullish(),
  response_url: text.nullish(),
  trigger_id: text.nullish(),
});
export type ButtonCall = z.infer<typeof ButtonCall>;

export const CommandCall = z.object({
  command: text,
  text: z.string().default(''),
  user_id: text,
  team_id: text.nullish(),
  enterprise_id: z.string().nullish(),
  channel_id: text,
  channel_name: z.string().default(''),
  response_url: text.nullish(),
  trigger_id: text.nullish(),
});
export type CommandCall = z.infer<typeof CommandCall>;

export const DialogCall = z.object({
  user: z.object({ id: text, team_id: text.nullish() }),
  enterprise: team,
  trigger_id: text.nullish(),
  view: z.object({
    id: text,
    title: z.object({ text }),
    private_metadata: z.string().default(''),
    state: z.object({ values: z.unknown() }).nullish(),
  }),
});
export type DialogCall = z.infer<typeof DialogCall>;

/** What a button or an entry of a menu carries. */
export const Carried = z.union([
  z.object({ value: z.string() }).transform(({ value }) => value),
  z.object({ selected_option: z.object({ value: z.string() }) }).transform((action) => action.selected_option.value),
]);

export function placeOf(call: ButtonCall): { channel: string; ts: string } | undefined {
  const channel = call.channel?.id ?? call.container?.channel_id;
  const ts = call.message?.ts ?? call.container?.message_ts;
  return channel && ts ? { channel, ts } : undefined;
}

/** Pressed on the Home tab, which is no message. */
export const isHome = (call: ButtonCall): boolean => call.view?.type === 'home';

/** The thread of a button inside one; an alert that heads a thread is answered beside it, in the channel. */
export function threadOf(call: ButtonCall): string | undefined {
  const thread = call.container?.thread_ts ?? undefined;
  return thread === placeOf(call)?.ts ? undefined : thread;
}

/** In a channel that is shared with another company its people can press and type as well. */
export function isStranger(
  caller: { user: { team_id?: string | null }; enterprise?: { id: string } | null },
  context: unknown,
): boolean {
  const home = Home.safeParse(context).data?.home;
  const from = caller.user.team_id;
  if (!home || !from || from === home.teamId) return false;
  return home.enterpriseId === undefined || caller.enterprise?.id !== home.enterpriseId;
}

export function callerOf(call: CommandCall): Parameters<typeof isStranger>[0] {
  return { user: { team_id: call.team_id }, ...(call.enterprise_id ? { enterprise: { id: call.enterprise_id } } : {}) };
}
