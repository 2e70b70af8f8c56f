import type { Notice } from '../domain/notice';
import { buttons } from './buttons';
import { sayDuration } from './duration';
import { limits } from './limits';
import { actions, type Message, section, sentences } from './message';
import { code, cut, link, words } from './mrkdwn';

/** How the first run on a version went that was put in force from here, with the way back. Never throws. */
export function renderFirstRun(notice: Extract<Notice, { kind: 'first-run' }>, incidentId?: string): Message {
  const { pipeline, version, outcome, tookMs, cause, back } = notice;
  const first = `The first run of ${words(pipeline, 120)} on version ${words(version, 40)}`;
  const after = tookMs === undefined ? '' : ` after ${sayDuration(tookMs)}`;
  const said: Record<typeof outcome, string> = {
    succeeded: `🟢 ${first} succeeded${after}`,
    failed: `🔴 ${first} failed${after}`,
    cancelled: `⚪ ${first} was cancelled${after}, so nobody knows yet whether it works`,
    skipped: `⚪ ${first} was skipped, so nobody knows yet whether it works`,
    'not-over': `${first} is not over after a day. I stop watching it here; if it fails, that is told as always`,
    'none-came': `No run of ${words(pipeline, 120)} has begun on version ${words(version, 40)} within a day, so nobody knows yet whether it works. Start one to see`,
  };
  const isWhy = outcome === 'failed' && cause !== undefined;
  const linked = link(notice.url, 'Run');
  const shown = `${said[outcome]}${linked.startsWith('<') ? ` · ${linked}` : ''}${isWhy ? `\n${code(cause, 400)}` : ''}`;
  const button = back && versionButton(back, incidentId);
  return {
    text: cut(
      sentences([isWhy ? `${said[outcome]}: ${words(cause, 300)}` : said[outcome]]),
      limits.message.textAdvised,
    ),
    blocks: [section(shown), ...(button ? [actions([button])] : [])],
  };
}

/** Opens the plan of the way back. */
export function versionButton(
  back: { connection: string; key: string; version: string },
  incidentId: string | undefined,
) {
  return buttons.backToVersion.element(
    { ...back, ...(incidentId ? { incidentId } : {}) },
    { label: `Back to version ${cut(back.version, 20)}`, about: `${back.key}, version ${back.version}` },
  );
}
