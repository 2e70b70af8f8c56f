import type { Deliveries, Outcome } from './delivery/deliveries';
import {
  actionFor,
  allBlocks,
  bare,
  type Control,
  complaintsAbout,
  controlsIn,
  findControl,
  isStateful,
  stateOf,
  valueFor,
} from './form';
import { limits } from './limits';
import type { Messages } from './messages';
import type { AppOptions, PersonOptions } from './options';
import { Refusal } from './refusal';
import type { ResponseUrls } from './response-urls';
import type { SlackEvents } from './slack-events';
import type { Stamps } from './stamps';
import type { Channel, EphemeralMessage, Message, Store, View } from './store';
import type { Triggers } from './triggers';
import { viewOnWire } from './view-on-wire';
import type { Views } from './views';
import { isObject, type JsonObject, objectOf, objectsOf, textOf } from './wire';

export interface CommandResult {
  acked: boolean;
  /** Milliseconds until the acknowledgement, or until Slack gave up. */
  tookMs: number;
  /** What the acknowledgement brought. */
  body?: unknown;
  /** What came by `response_url` so far; grows when more comes. */
  responses: JsonObject[];
  /** What Slack shows the person: `operation_timeout`, `dispatch_failed`, or the word for an answer it could not show. */
  error?: string;
  triggerId: string;
  responseUrl: string;
}

export interface PressOptions {
  blockId?: string;
  /** The option of a select or overflow menu (several for a multi-select), text for an input; tells apart buttons that share an action id. */
  value?: unknown;
  /** Presses at once, as a nervous finger does. @default 1 */
  times?: number;
  /** Presses what an earlier version of the message showed: a client that has not drawn the edit yet. */
  stale?: boolean;
}

export interface PressResult {
  acked: boolean;
  tookMs: number;
  error?: string;
  body?: unknown;
  responses: JsonObject[];
  triggerId: string;
  /** The `response_url` of a press on a message. */
  responseUrl?: string;
  /** One for each press when there were several. */
  all: PressResult[];
}

export interface SubmitResult {
  acked: boolean;
  tookMs: number;
  /** By block id: from the app, or from Slack's own check before anything was sent (`acked` is false then). */
  errors?: Record<string, string>;
  error?: string;
  body?: unknown;
  /** The modal that the person sees afterwards, if any. */
  view?: View;
}

/** By block id: the value for the block's control (options by their value), or values by action id. */
export type FormValues = Record<string, unknown>;

export interface PeopleDeps {
  store: Store;
  stamps: Stamps;
  app: AppOptions;
  team: { id: string; domain: string };
  deliveries: Deliveries;
  messages: Messages;
  views: Views;
  triggers: Triggers;
  responseUrls: ResponseUrls;
  events: SlackEvents;
}

/** Lets a person of the workspace do what people do in Slack's client. What a client would not let them do throws. */
export function createPeople(deps: PeopleDeps) {
  const { store, stamps, app, team, deliveries, messages, views, triggers, responseUrls, events } = deps;
  const token = 'workspace-verification-token';

  function personOf(userId: string): PersonOptions {
    const person = store.users.get(userId);
    if (!person) throw new Error(`Nobody here has the id ${userId}.`);
    if (person.deleted) throw new Error(`${person.realName} has left the workspace.`);
    return person;
  }

  function channelFor(userId: string, channelId: string): Channel {
    const channel = store.channels.get(channelId);
    if (!channel) throw new Error(`There is no channel ${channelId}.`);
    if (channel.isPrivate && !channel.members.includes(userId)) throw new Error(`${userId} cannot see ${channelId}.`);
    return channel;
  }

  const channelName = (channel: Channel) =>
    channel.kind === 'im'
      ? 'directmessage'
      : channel.isPrivate && channel.kind === 'channel'
        ? 'privategroup'
        : channel.name;
  const onWire = (view: View) => viewOnWire(view, app, team.id, store.botId);

  const common = (person: PersonOptions) => ({
    token,
    team: { id: team.id, domain: team.domain },
    enterprise: null,
    is_enterprise_install: false,
    api_app_id: app.appId,
    user: { id: person.id, username: person.name, name: person.name, team_id: team.id },
  });

  const told = (outcome: Outcome) =>
    outcome.acked
      ? { acked: true, tookMs: outcome.tookMs, body: outcome.body }
      : { acked: false, tookMs: outcome.tookMs, error: outcome.error };

  async function several(times: number, once: () => Promise<PressResult>): Promise<PressResult> {
    const all = await Promise.all(Array.from({ length: times }, once));
    const first = all[0];
    if (!first) throw new Error('Nobody presses zero times.');
    return { ...first, all };
  }

  function controlOrThrow(blocks: JsonObject[], actionId: string, options: PressOptions): Control {
    const control = findControl(blocks, actionId, options);
    if (!control) {
      const there = controlsIn(blocks).map(({ element }) => String(element.action_id));
      throw new Error(`There is no control "${actionId}" to press; there are: ${there.join(', ') || 'none'}.`);
    }
    return control;
  }

  async function pressInMessage(
    person: PersonOptions,
    channel: Channel,
    shown: { message?: Message; ephemeral?: EphemeralMessage; blocks: JsonObject[] },
    control: Control,
    value: unknown,
  ): Promise<PressResult> {
    const { message, ephemeral } = shown;
    const ts = message?.ts ?? ephemeral?.ts ?? '';
    const threadTs = message?.thread_ts ?? ephemeral?.threadTs;
    const triggerId = triggers.issue({ userId: person.id, channelId: channel.id });
    const { url, received } = responseUrls.issue({
      channelId: channel.id,
      userId: person.id,
      original: { ts, ephemeral: ephemeral !== undefined },
      ...(threadTs === undefined || threadTs === ts ? {} : { threadTs }),
    });
    const action = actionFor(control, value, stamps.next());
    const chosen = isStateful(control.element)
      ? { [String(control.block.block_id)]: { [String(control.element.action_id)]: valueFor(control.element, value) } }
      : {};
    const payload: JsonObject = {
      type: 'block_actions',
      ...common(person),
      container: {
        type: 'message',
        message_ts: ts,
        channel_id: channel.id,
        is_ephemeral: ephemeral !== undefined,
        ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
      },
      trigger_id: triggerId,
      channel: { id: channel.id, name: channelName(channel) },
      ...(message ? { message: structuredClone(message) } : {}),
      state: { values: stateOf(shown.blocks, chosen) },
      response_url: url,
      actions: [action],
    };
    const outcome = await deliveries.ask('interactive', 'block_actions', payload);
    return { ...told(outcome), responses: received, triggerId, responseUrl: url, all: [] };
  }

  async function pressInView(
    person: PersonOptions,
    view: View,
    control: Control,
    value: unknown,
  ): Promise<PressResult> {
    if (isStateful(control.element)) {
      const blockId = String(control.block.block_id);
      const given = valueFor(control.element, value);
      view.values[blockId] = { ...view.values[blockId], [String(control.element.action_id)]: given };
    }
    const triggerId = triggers.issue({ userId: person.id, ...(view.kind === 'modal' ? { viewId: view.id } : {}) });
    const shown = onWire(view);
    const outcome = await deliveries.ask('interactive', 'block_actions', {
      type: 'block_actions',
      ...common(person),
      container: { type: 'view', view_id: view.id },
      trigger_id: triggerId,
      view: shown,
      state: shown.state,
      actions: [actionFor(control, value, stamps.next())],
    });
    return { ...told(outcome), responses: [], triggerId, all: [] };
  }

  /** What a submission's answer does to the modals. @returns the error word when Slack could not act on it. */
  function applySubmission(view: View, body: unknown): { errors?: Record<string, string>; error?: string } {
    const answer = objectOf(body);
    switch (answer.response_action) {
      case undefined:
        views.close(view);
        return {};
      case 'clear':
        views.close(view, true);
        return {};
      case 'errors': {
        const inputs = objectsOf(view.content.blocks).filter((block) => block.type === 'input');
        const given = Object.entries(objectOf(answer.errors));
        const known = given.every(
          ([blockId, text]) => typeof text === 'string' && inputs.some((block) => block.block_id === blockId),
        );
        if (given.length === 0 || !known) return { error: 'invalid_submission_errors' };
        return { errors: Object.fromEntries(given.map(([blockId, text]) => [blockId, String(text)])) };
      }
      case 'update':
        views.update({ viewId: view.id }, answer.view);
        return {};
      case 'push':
        views.pushOn(view, answer.view);
        return {};
      default:
        return { error: 'invalid_response_action' };
    }
  }

  function apply(view: View, values: FormValues): void {
    for (const [blockId, given] of Object.entries(values)) {
      const inBlock = controlsIn(objectsOf(view.content.blocks)).filter(({ block }) => block.block_id === blockId);
      if (inBlock.length === 0) throw new Error(`The form has no block "${blockId}".`);
      for (const { element } of inBlock) {
        const actionId = String(element.action_id);
        const byAction = isObject(given) && actionId in given;
        if (isObject(given) && !byAction && !('value' in given) && !('type' in given) && !('text' in given)) continue;
        if (!isStateful(element)) continue;
        const value = valueFor(element, byAction ? given[actionId] : given);
        view.values[blockId] = { ...view.values[blockId], [actionId]: value };
      }
    }
  }

  function openView(userId: string, viewId: string): View {
    const stack = views.stackOf(userId);
    const view = stack.find((candidate) => candidate.id === viewId);
    if (!view) throw new Error(`${userId} has no open modal ${viewId}.`);
    if (stack.at(-1) !== view) throw new Error(`The modal ${viewId} lies under another one.`);
    return view;
  }

  /** `response_urls` of a submission: one for each chosen conversation whose input asks for it. */
  function responseUrlsOf(view: View): JsonObject[] {
    return controlsIn(objectsOf(view.content.blocks)).flatMap(({ block, element }) => {
      if (element.response_url_enabled !== true) return [];
      const chosen = view.values[String(block.block_id)]?.[String(element.action_id)];
      const channelId = textOf(chosen && bare(chosen));
      if (!channelId) return [];
      const { url } = responseUrls.issue({ channelId, userId: view.userId });
      return [{ block_id: block.block_id, action_id: element.action_id, channel_id: channelId, response_url: url }];
    });
  }

  /** `@name` and `#channel` as typed, in the form of a command whose manifest says `should_escape`. */
  const escaped = (text: string): string =>
    text
      .replace(/(^|\s)@([\w.-]+)/g, (whole, space: string, name: string) => {
        const person = [...store.users.values()].find((candidate) => candidate.name === name);
        return person ? `${space}<@${person.id}|${person.name}>` : whole;
      })
      .replace(/(^|\s)#([\w-]+)/g, (whole, space: string, name: string) => {
        const channel = store.findChannel(name);
        return channel ? `${space}<#${channel.id}|${channel.name}>` : whole;
      });

  return function as(userId: string) {
    const person = personOf(userId);

    async function pressView(view: View, actionId: string, options: PressOptions): Promise<PressResult> {
      const control = controlOrThrow(objectsOf(view.content.blocks), actionId, options);
      return several(options.times ?? 1, () => pressInView(person, view, control, options.value));
    }

    return {
      /** Types a slash command into a channel. */
      async command(channelId: string, command: string, text = ''): Promise<CommandResult> {
        const channel = channelFor(userId, channelId);
        if (!app.commands.includes(command)) throw new Error(`${command} is not a command here.`);
        const triggerId = triggers.issue({ userId, channelId });
        const place = { channelId, userId };
        const { url, received } = responseUrls.issue(place);
        const outcome = await deliveries.ask('slash_commands', command, {
          token,
          team_id: team.id,
          team_domain: team.domain,
          channel_id: channel.id,
          channel_name: channelName(channel),
          user_id: person.id,
          user_name: person.name,
          command,
          text: app.escapeCommands ? escaped(text) : text,
          api_app_id: app.appId,
          is_enterprise_install: 'false',
          response_url: url,
          trigger_id: triggerId,
        });
        const result: CommandResult = { ...told(outcome), responses: received, triggerId, responseUrl: url };
        const answer = objectOf(result.body);
        if (!outcome.acked || Object.keys(answer).length === 0) return result;
        try {
          responseUrls.show(place, answer);
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          result.error = error.code;
        }
        return result;
      },

      /** Presses a button, or chooses in a menu, of a message or of an ephemeral message. A confirm dialog counts as confirmed. */
      async press(
        channelId: string,
        messageTs: string,
        actionId: string,
        options: PressOptions = {},
      ): Promise<PressResult> {
        const channel = channelFor(userId, channelId);
        const ephemeral = store.ephemerals.find(
          (entry) => entry.ts === messageTs && entry.userId === userId && entry.channelId === channelId,
        );
        const stored = channel.messages.get(messageTs);
        const current = ephemeral ?? stored?.message;
        if (!current) throw new Error(`${userId} sees no message ${messageTs} in ${channelId}.`);
        const past = options.stale ? [...(ephemeral?.past ?? stored?.past ?? [])].reverse() : [];
        const version = [current, ...past].find((candidate) => findControl(allBlocks(candidate), actionId, options));
        const blocks = allBlocks(version ?? current);
        const control = controlOrThrow(blocks, actionId, options);
        const shown = ephemeral ? { ephemeral, blocks } : stored ? { message: stored.message, blocks } : { blocks };
        return several(options.times ?? 1, () => pressInMessage(person, channel, shown, control, options.value));
      },

      /** Presses or chooses something in the modal that is on top. */
      async pressView(viewId: string, actionId: string, options: PressOptions = {}): Promise<PressResult> {
        return pressView(openView(userId, viewId), actionId, options);
      },

      /** Presses or chooses something in the app's Home tab. */
      async pressHome(actionId: string, options: PressOptions = {}): Promise<PressResult> {
        const home = store.homes.get(userId);
        if (!home) throw new Error(`${person.realName} has no Home yet.`);
        return pressView(home, actionId, options);
      },

      /** Types into an external select and sees what the app offers. */
      async suggest(
        where: { viewId: string } | { channelId: string; messageTs: string } | { home: true },
        actionId: string,
        query: string,
      ): Promise<{ acked: boolean; error?: string; options: JsonObject[]; optionGroups: JsonObject[] }> {
        const view =
          'viewId' in where ? openView(userId, where.viewId) : 'home' in where ? store.homes.get(userId) : undefined;
        const channel = 'channelId' in where ? channelFor(userId, where.channelId) : undefined;
        const message = 'messageTs' in where ? channel?.messages.get(where.messageTs)?.message : undefined;
        const blocks = view ? objectsOf(view.content.blocks) : message ? allBlocks(message) : [];
        const control = controlOrThrow(blocks, actionId, {});
        const outcome = await deliveries.ask('interactive', 'block_suggestion', {
          type: 'block_suggestion',
          ...common(person),
          container: view
            ? { type: 'view', view_id: view.id }
            : { type: 'message', channel_id: channel?.id, message_ts: message?.ts, is_ephemeral: false },
          action_id: control.element.action_id,
          block_id: control.block.block_id,
          value: query,
          ...(view ? { view: onWire(view) } : { channel: { id: channel?.id, name: channel?.name }, message }),
        });
        if (!outcome.acked) return { acked: false, error: outcome.error, options: [], optionGroups: [] };
        const answer = objectOf(outcome.body);
        const options = objectsOf(answer.options);
        const optionGroups = objectsOf(answer.option_groups);
        const count = options.length + optionGroups.flatMap((group) => objectsOf(group.options)).length;
        if (count > limits.suggestions.optionsMax)
          return { acked: true, error: 'too_many_options', options: [], optionGroups: [] };
        return { acked: true, options, optionGroups };
      },

      /** Fills the modal on top without sending it. */
      fill(viewId: string, values: FormValues): void {
        apply(openView(userId, viewId), values);
      },

      /** Fills and sends the modal on top. */
      async submit(viewId: string, values: FormValues = {}): Promise<SubmitResult> {
        const view = openView(userId, viewId);
        const blocks = objectsOf(view.content.blocks);
        if (!view.content.submit && !blocks.some((block) => block.type === 'input'))
          throw new Error('This modal has nothing to submit.');
        apply(view, values);
        const complaints = complaintsAbout(blocks, stateOf(blocks, view.values));
        if (Object.keys(complaints).length > 0) return { acked: false, tookMs: 0, errors: complaints, view };
        const triggerId = triggers.issue({ userId, viewId });
        const outcome = await deliveries.ask('interactive', 'view_submission', {
          type: 'view_submission',
          ...common(person),
          trigger_id: triggerId,
          view: onWire(view),
          response_urls: responseUrlsOf(view),
        });
        const result: SubmitResult = told(outcome);
        if (outcome.acked) {
          try {
            Object.assign(result, applySubmission(view, outcome.body));
          } catch (error) {
            if (!(error instanceof Refusal)) throw error;
            result.error = error.code;
          }
        }
        const top = views.stackOf(userId).at(-1);
        return top ? { ...result, view: top } : result;
      },

      /** Closes the modal on top (Cancel or the cross). */
      async close(viewId: string): Promise<void> {
        const view = openView(userId, viewId);
        const all = view.content.clear_on_close === true;
        for (const closed of views.close(view, all)) {
          if (closed.content.notify_on_close !== true) continue;
          await deliveries.ask('interactive', 'view_closed', {
            type: 'view_closed',
            ...common(person),
            view: onWire(closed),
            is_cleared: all,
          });
        }
      },

      /** A global shortcut, or a message shortcut when a message is named. */
      async shortcut(callbackId: string, where?: { channelId: string; messageTs: string }): Promise<PressResult> {
        const triggerId = triggers.issue({ userId, ...(where ? { channelId: where.channelId } : {}) });
        const base = { ...common(person), callback_id: callbackId, trigger_id: triggerId, action_ts: stamps.next() };
        if (!where) {
          const outcome = await deliveries.ask('interactive', 'shortcut', { type: 'shortcut', ...base });
          return { ...told(outcome), responses: [], triggerId, all: [] };
        }
        const channel = channelFor(userId, where.channelId);
        const { message } = messages.find(channel, where.messageTs);
        const { url, received } = responseUrls.issue({ channelId: channel.id, userId });
        const outcome = await deliveries.ask('interactive', 'message_action', {
          type: 'message_action',
          ...base,
          message_ts: message.ts,
          channel: { id: channel.id, name: channelName(channel) },
          message: structuredClone(message),
          response_url: url,
        });
        return { ...told(outcome), responses: received, triggerId, responseUrl: url, all: [] };
      },

      /** Writes a message, in the form in which Slack stores text (`<@U…>` for a mention). */
      post(channelId: string, text: string, options: { threadTs?: string; broadcast?: boolean } = {}): Message {
        const channel = channelFor(userId, channelId);
        if (channel.isArchived) throw new Error(`#${channel.name} is archived.`);
        if (!channel.members.includes(userId)) throw new Error(`${person.realName} has not joined #${channel.name}.`);
        return messages.post({ channel, userId, text, ...options });
      },
      edit(channelId: string, ts: string, text: string): Message {
        return messages.edit(channelFor(userId, channelId), ts, { text }, userId);
      },
      remove(channelId: string, ts: string): void {
        messages.remove(channelFor(userId, channelId), ts);
      },
      react(channelId: string, ts: string, name: string): void {
        messages.react(channelFor(userId, channelId), ts, userId, name);
      },
      unreact(channelId: string, ts: string, name: string): void {
        messages.unreact(channelFor(userId, channelId), ts, userId, name);
      },
      /** Opens the app: its Home tab, or its messages. */
      openHome(tab: 'home' | 'messages' = 'home'): void {
        const direct = messages.directWith([userId, store.botUserId]);
        events.homeOpened(userId, direct.id, tab, store.homes.get(userId));
      },
      /** The direct conversation with the app, or with somebody else. */
      direct(otherId: string = store.botUserId): string {
        return messages.directWith([userId, otherId]).id;
      },
      join(channelId: string): void {
        messages.join(channelFor(userId, channelId), userId);
      },
      leave(channelId: string): void {
        messages.leave(channelFor(userId, channelId), userId);
      },
      /** Invites somebody, the app's bot for instance. */
      invite(channelId: string, otherId: string): void {
        messages.join(channelFor(userId, channelId), otherId, userId);
      },
    };
  };
}

export type Person = ReturnType<ReturnType<typeof createPeople>>;
