import type { Settings } from '../domain/settings';

/** What Slack must know of before it calls us. A test holds it equal to what handlers/ registers. */
export interface Surface {
  commands: { name: string; description: string; usageHint: string }[];
  /** Names of Slack events, such as `app_home_opened`. */
  events: string[];
  shortcuts: { name: string; type: 'global' | 'message'; callbackId: string; description: string }[];
}

/** Callback ids. Versioned, as those of dialogs. */
export const shortcuts = { askAbout: 'ask-about.v1', ask: 'ask.v1', feedback: 'feedback.v1' } as const;

export function surfaceOf(settings: Pick<Settings, 'commands'>): Surface {
  return {
    commands: [
      {
        name: settings.commands.pipeline,
        description: 'See how pipelines are, why they failed, and retry them',
        usageHint: 'status [pipeline] | subscribe <pipeline> | follow <pipeline> | mute <pipeline> [2h] | help',
      },
      {
        name: settings.commands.support,
        description: 'Ask the data team for help, and see what became of it',
        usageHint: '[your question] | mine | feedback | queue | overdue | help',
      },
    ],
    events: ['app_home_opened', 'app_mention', 'message.channels', 'message.groups', 'message.im', 'reaction_added'],
    shortcuts: [
      {
        name: 'Ask for help',
        type: 'message',
        callbackId: shortcuts.askAbout,
        description: 'Ask the data team about this message',
      },
      {
        name: 'Ask the data team',
        type: 'global',
        callbackId: shortcuts.ask,
        description: 'A question or a wish for help',
      },
      {
        name: 'Give feedback',
        type: 'global',
        callbackId: shortcuts.feedback,
        description: 'What would make your work easier, or what went well',
      },
    ],
  };
}
