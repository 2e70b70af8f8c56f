import { randomUUID } from 'node:crypto';
import { readMessage } from '../src/requests/message';
import { askTitle, renderAskForm } from '../src/slack/request-forms';
import type { CommandCall } from './calls';
import type { Opening } from './dialog';
import { type AskAbout, cannotSpeakIn, type ShortcutCall } from './happenings';
import type { Services } from './services';

const meanwhile = 'One moment…';

/** The form, with what was typed after the command; `pipeline` names what it is about. */
export function askTyped(call: CommandCall, of: { question?: string; pipeline?: string }): Opening<undefined> {
  return {
    title: askTitle,
    meanwhile,
    async show({ place, services }) {
      const about = of.pipeline ? await services.requests.aboutNamed(of.pipeline) : undefined;
      const isDirect = cannotSpeakIn({ id: call.channel_id, name: call.channel_name });
      const question = of.question ?? (about === undefined ? of.pipeline : undefined);
      return {
        view: renderAskForm(
          { origin: randomUUID(), source: 'command', isDirect, place, ...(about ? { about } : {}) },
          question ? { question } : {},
        ),
      };
    },
  };
}

/** About a message: it heads the thread, and an alert brings its run along. What the asker wrote is the question. */
export function askAboutMessage({ channel, message, user }: ShortcutCall): Opening<undefined> {
  return {
    title: askTitle,
    meanwhile,
    async show({ place, services }) {
      const isDirect = cannotSpeakIn(channel ?? undefined);
      const threadTs = message && !isDirect ? (message.thread_ts ?? message.ts) : undefined;
      const about = channel && message ? await aboutMessage(services, channel.id, message) : undefined;
      const isOwn = message?.user === user.id;
      return {
        view: renderAskForm(
          {
            origin: randomUUID(),
            source: 'message-shortcut',
            isDirect,
            place,
            ...(threadTs ? { threadTs } : {}),
            ...(about ? { about } : {}),
          },
          isOwn && message ? { question: await readMessage(message.text, services.actors.get) } : {},
        ),
      };
    },
  };
}

async function aboutMessage(
  services: Services,
  channel: string,
  message: NonNullable<ShortcutCall['message']>,
): Promise<AskAbout> {
  return services.requests.alertAt(channel, message.thread_ts ?? message.ts);
}

/** From anywhere: it goes on in a direct message. */
export const askAnywhere: Opening<undefined> = {
  title: askTitle,
  meanwhile,
  show: async ({ place }) => ({
    view: renderAskForm({ origin: randomUUID(), source: 'shortcut', isDirect: true, place }),
  }),
};

/** The same from the Home tab. */
export const askAtHome: Opening<{ from: 'home' }> = {
  title: askTitle,
  meanwhile,
  show: async ({ place }) => ({
    view: renderAskForm({ origin: randomUUID(), source: 'home', isDirect: true, place }),
  }),
};
