/**
 * The door for people: every button, command, form, menu entry and Slack event, one listener per file. In: what Slack sends. Out: stored presses, private
 * answers, and what people did, for the figures.
 */
import type { App } from '@slack/bolt';
import { acknowledge } from './buttons/acknowledge';
import { alertMore } from './buttons/alert-more';
import { allowAutoRetry } from './buttons/allow-auto-retry';
import { answerFeedback } from './buttons/answer-feedback';
import { answerSolved } from './buttons/answer-solved';
import { approveAction } from './buttons/approve-action';
import { askBack } from './buttons/ask-back';
import { askHelp } from './buttons/ask-help';
import { backToVersion } from './buttons/back-to-version';
import { backfill } from './buttons/backfill';
import { breakGlass } from './buttons/break-glass';
import { cancelAction } from './buttons/cancel-action';
import { changeRequest } from './buttons/change-request';
import { claimRequest } from './buttons/claim-request';
import { declineAction } from './buttons/decline-action';
import { digestSettings } from './buttons/digest-settings';
import { dismissQuestion } from './buttons/dismiss-question';
import { dropParked } from './buttons/drop-parked';
import { explainPulse } from './buttons/explain-pulse';
import { explainRating } from './buttons/explain-rating';
import { finishTask } from './buttons/finish-task';
import { forgetMe } from './buttons/forget-me';
import { giveFeedback } from './buttons/give-feedback';
import { mute } from './buttons/mute';
import { needHelpStill } from './buttons/need-help-still';
import { openLink } from './buttons/open-link';
import { otherWays } from './buttons/other-ways';
import { pauseAction } from './buttons/pause-action';
import { pausePipeline, resumePipeline } from './buttons/pausing';
import { pinAnswer } from './buttons/pin-answer';
import { pulse } from './buttons/pulse';
import { rateRequest } from './buttons/rate-request';
import { readRequest } from './buttons/read-request';
import { redoFailed } from './buttons/redo-failed';
import { refreshHome } from './buttons/refresh-home';
import { reopenRequest } from './buttons/reopen-request';
import { reopenTask } from './buttons/reopen-task';
import { requestMenu } from './buttons/request-menu';
import { requestSolved } from './buttons/request-solved';
import { resendAlike } from './buttons/resend-alike';
import { resendParked } from './buttons/resend-parked';
import { resumeAction } from './buttons/resume-action';
import { retryAll } from './buttons/retry-all';
import { retryRun } from './buttons/retry-run';
import { showLog } from './buttons/show-log';
import { showMembers } from './buttons/show-members';
import { solveRequest } from './buttons/solve-request';
import { sortFeedback } from './buttons/sort-feedback';
import { stopAutoRetry } from './buttons/stop-auto-retry';
import { stopRun } from './buttons/stop-run';
import { tellOwners } from './buttons/tell-owners';
import { thumbs } from './buttons/thumbs';
import { unacknowledge } from './buttons/unacknowledge';
import { undoClose } from './buttons/undo-close';
import { unknownButton } from './buttons/unknown';
import { unmute } from './buttons/unmute';
import { unpinAnswer } from './buttons/unpin-answer';
import { wanted } from './buttons/wanted';
import { withdrawAction } from './buttons/withdraw-action';
import { writeEntry } from './buttons/write-entry';
import { pipelineCommand } from './commands/pipeline';
import { supportCommand } from './commands/support';
import { unknownCommand } from './commands/unknown';
import { home } from './events/home';
import { mention } from './events/mention';
import { message } from './events/message';
import { reaction } from './events/reaction';
import type { Listener, Services } from './services';
import { ask } from './shortcuts/ask';
import { askAbout } from './shortcuts/ask-about';
import { feedback } from './shortcuts/feedback';
import { answerFeedbackForm } from './views/answer-feedback';
import { askForm } from './views/ask';
import { askBackForm } from './views/ask-back';
import { backfillForm } from './views/backfill';
import { changeRequestForm } from './views/change-request';
import { digestDialog } from './views/digest';
import { digestForm } from './views/digest-form';
import { explainPulseForm } from './views/explain-pulse';
import { explainRatingForm } from './views/explain-rating';
import { giveFeedbackForm } from './views/give-feedback';
import { glassDialog } from './views/glass';
import { pinAnswerForm } from './views/pin-answer';
import { pinQuestionForm } from './views/pin-question';
import { planDialog } from './views/plan';
import { redeployForm } from './views/redeploy';
import { repairDialog } from './views/repair';
import { sendAnswer } from './views/send-answer';
import { solveForm } from './views/solve';
import { sortFeedbackForm } from './views/sort-feedback';

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
  pausePipeline,
  resumePipeline,
  breakGlass,
  claimRequest,
  solveRequest,
  askBack,
  readRequest,
  changeRequest,
  requestMenu,
  digestSettings,
  requestSolved,
  answerSolved,
  needHelpStill,
  askHelp,
  finishTask,
  reopenTask,
  pinAnswer,
  writeEntry,
  dismissQuestion,
  unpinAnswer,
  forgetMe,
  refreshHome,
  reopenRequest,
  ...rateRequest,
  ...thumbs,
  explainRating,
  ...pulse,
  explainPulse,
  giveFeedback,
  sortFeedback,
  answerFeedback,
  ...wanted,
  openLink,
  unknownButton,
  backfillForm,
  redeployForm,
  planDialog,
  glassDialog,
  repairDialog,
  askForm,
  solveForm,
  askBackForm,
  changeRequestForm,
  digestForm,
  digestDialog,
  explainRatingForm,
  explainPulseForm,
  giveFeedbackForm,
  sortFeedbackForm,
  answerFeedbackForm,
  sendAnswer,
  pinAnswerForm,
  pinQuestionForm,
  askAbout,
  ask,
  feedback,
  message,
  mention,
  reaction,
  home,
  pipelineCommand,
  supportCommand,
  unknownCommand,
];

export function registerAll(app: App, services: Services): void {
  for (const listener of listeners) listener.register(app, services);
}
