import { stateOf } from './form';
import type { AppOptions } from './options';
import type { View } from './store';
import { type JsonObject, objectsOf } from './wire';

/** A view as Slack sends it: in answers, interactions and `app_home_opened`. */
export function viewOnWire(view: View, app: AppOptions, teamId: string, botId: string): JsonObject {
  const { content } = view;
  return {
    id: view.id,
    team_id: teamId,
    type: view.kind,
    blocks: content.blocks ?? [],
    private_metadata: content.private_metadata ?? '',
    callback_id: view.callbackId,
    state: { values: stateOf(objectsOf(content.blocks), view.values) },
    hash: view.hash,
    title: content.title ?? { type: 'plain_text', text: 'View Title', emoji: true },
    clear_on_close: content.clear_on_close ?? false,
    notify_on_close: content.notify_on_close ?? false,
    close: content.close ?? null,
    submit: content.submit ?? null,
    previous_view_id: view.previousId ?? null,
    root_view_id: view.rootId,
    app_id: app.appId,
    external_id: view.externalId,
    app_installed_team_id: teamId,
    bot_id: botId,
  };
}
