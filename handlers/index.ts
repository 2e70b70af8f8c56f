/**
 * The door for people: every button and command, one listener per file. In: what Slack sends. Out: stored presses, private
 * answers, and what people did, for the figures.
 */
import type { App } from '@slack/bolt';
import { acknowledge } from './buttons/acknowledge';
import { alertMore } from './buttons/alert-more';
import { allowAutoRetry } from './buttons/allow-auto-retry';
import { approveAction } from './buttons/approve-action';
import { backToVersion } from './buttons/back-to-version';
import { backfill } from './buttons/backfill';
import { breakGlass } from './buttons/break-glass';
import { cancelAction } from './buttons/cancel-action';
import { declineAction } from './buttons/decline-action';
import { dropParked } from './buttons/drop-parked';
import { mute } from './buttons/mute';
import { openLink } from './buttons/open-link';
import { otherWays } from './buttons/other-ways';
import { pauseAction } from './buttons/pause-action';
import { redoFailed } from './buttons/redo-failed';
import { resendAlike } from './buttons/resend-alike';
import { resendParked } from './buttons/resend-parked';
import { resumeAction } from './buttons/resume-action';
import { retryAll } from './buttons/retry-all';
import { retryRun } from './buttons/retry-run';
import { showLog } from './buttons/show-log';
import { showMembers } from './buttons/show-members';
import { stopAutoRetry } from './buttons/stop-auto-retry';
import { stopRun } from './buttons/stop-run';
import { tellOwners } from './buttons/tell-owners';
import { unacknowledge } from './buttons/unacknowledge';
import { undoClose } from './buttons/undo-close';
import { unknownButton } from './buttons/unknown';
import { unmute } from './buttons/unmute';
import { withdrawAction } from './buttons/withdraw-action';
import { pipelineCommand } from './commands/pipeline';
import { unknownCommand } from './commands/unknown';
import type { Listener, Services } from './services';
import { backfillForm } from './views/backfill';
import { glassDialog } from './views/glass';
import { planDialog } from './views/plan';
import { redeployForm } from './views/redeploy';
import { repairDialog } from './views/repair';

export type { Listener, Services } from './services';

export const listeners: readonly Listener[] = [
  retryRun,
  retryAll,
  backfill,
  otherWays,
  stopRun,
  acknowledge,
  unacknowledge,
  mute,
  alertMore,
  undoClose,
  unmute,
  showLog,
  showMembers,
  resendParked,
  resendAlike,
  dropParked,
  tellOwners,
  approveAction,
  declineAction,
  withdrawAction,
  allowAutoRetry,
  stopAutoRetry,
  pauseAction,
  resumeAction,
  cancelAction,
  redoFailed,
  backToVersion,
  breakGlass,
  openLink,
  unknownButton,
  backfillForm,
  redeployForm,
  planDialog,
  glassDialog,
  repairDialog,
  pipelineCommand,
  unknownCommand,
];

export function registerAll(app: App, services: Services): void {
  for (const listener of listeners) listener.register(app, services);
}
