import type { Settings } from '../domain/settings';

/** What Slack must know of before it calls us. A test holds it equal to what handlers/ registers. */
export interface Surface {
  commands: { name: string; description: string; usageHint: string }[];
  /** Names of Slack events, such as `app_home_opened`. */
  events: string[];
  shortcuts: { name: string; type: 'global' | 'message'; callbackId: string; description: string }[];
}

export function surfaceOf(settings: Pick<Settings, 'commands'>): Surface {
  return {
    commands: [
      {
        name: settings.commands.pipeline,
        description: 'See how pipelines are, why they failed, and retry them',
        usageHint: 'status [pipeline] | subscribe <pipeline> | follow <pipeline> | mute <pipeline> [2h] | help',
      },
    ],
    events: [],
    shortcuts: [],
  };
}
