import { type Definition, defined } from './definition';
import { supportDefinitions } from './support-definitions';
import type { Unit } from './week';

export type { Definition } from './definition';

const people = 'Without bots, guests, people who left, and those on the exclusion list.';
const runs = 'Cancelled and skipped runs are in neither; backfills are told apart.';

export const definitions = defined({
  'weekly-active': {
    title: 'People active in the week',
    group: 'adoption',
    kind: 'count',
    formula: `Distinct people who typed a command, pressed a button, sent a form, used a menu of ours or wrote to the bot in the ISO week. To read, also Home, to be mentioned or to be alerted is no use. ${people}`,
    from: 'figures_activity',
    better: 'up',
  },
  'monthly-active': {
    title: 'People active in 28 days',
    group: 'adoption',
    kind: 'count',
    formula: `The same over the 28 days up to the week’s end: as many of each weekday every time. ${people}`,
    from: 'figures_activity',
    better: 'up',
  },
  'daily-active': {
    title: 'People active on a working day',
    group: 'adoption',
    kind: 'mean',
    formula: 'Mean over the week’s working days of the distinct people active on each.',
    from: 'figures_activity',
  },
  stickiness: {
    title: 'Stickiness',
    group: 'adoption',
    kind: 'mean',
    formula: 'Mean over the week’s working days of people active that day / people active in the week.',
    from: 'figures_activity',
  },
  'weekly-of-monthly': {
    title: 'Active in the week, of those in 28 days',
    group: 'adoption',
    kind: 'share',
    formula: 'People active in the week / people active in the 28 days up to its end.',
    from: 'figures_activity',
    better: 'up',
  },
  reach: {
    title: 'Reach',
    group: 'adoption',
    kind: 'share',
    formula: 'People active in the week / those in the eligible groups at the week’s end. Leavers are in neither.',
    from: 'figures_activity, figures_eligible',
    better: 'up',
  },
  'ever-reached': {
    title: 'Reached so far',
    group: 'adoption',
    kind: 'share',
    formula: 'People ever active and in the eligible groups at the week’s end / those in the groups.',
    from: 'figures_activity, figures_eligible',
  },
  activation: {
    title: 'Newcomers who got something from it',
    group: 'adoption',
    kind: 'share',
    formula:
      'Of people first seen in the week before, whose window is closed: those who within 7 × 24 h got a status or impact answered, had a retry or another action end well, or opened a request for help. A press alone is none.',
    from: 'figures_activity, figures_actions, figures_requests',
    better: 'up',
  },
  retention: {
    title: 'Came back after the week before',
    group: 'adoption',
    kind: 'share',
    formula: 'Of people active in the week before, those active in this one. Calendar weeks.',
    from: 'figures_activity',
    better: 'up',
  },
  'new-user-retention': {
    title: 'Newcomers of four weeks ago who are active',
    group: 'adoption',
    kind: 'share',
    formula: 'Of people first active four weeks before, those active in exactly this week.',
    from: 'figures_activity',
    better: 'up',
  },
  'new-user-retention-later': {
    title: 'Newcomers of eight weeks ago who stayed',
    group: 'adoption',
    kind: 'share',
    formula: 'Of people first active eight weeks before, those active four weeks after that, or in any week since.',
    from: 'figures_activity',
    better: 'up',
  },
  'new-people': {
    title: 'New',
    group: 'adoption',
    kind: 'count',
    formula: 'First active ever in this week. New + returning + resurrecting = active in the week.',
    from: 'figures_activity',
  },
  'returning-people': {
    title: 'Returning',
    group: 'adoption',
    kind: 'count',
    formula: 'Active in this week and in the one before.',
    from: 'figures_activity',
  },
  'resurrecting-people': {
    title: 'Back again',
    group: 'adoption',
    kind: 'count',
    formula: 'Active in this week, not in the one before, and first active earlier.',
    from: 'figures_activity',
  },
  'dormant-people': {
    title: 'Not seen this week',
    group: 'adoption',
    kind: 'count',
    formula: 'Active in the week before and not in this one.',
    from: 'figures_activity',
  },
  'command-success': {
    title: 'Commands and presses that went well',
    group: 'adoption',
    kind: 'share',
    formula:
      'ok / (ok + late + the person’s mistake + our fault). Late: a good answer after 30 s. What somebody may not do is in neither.',
    from: 'figures_interactions',
    better: 'up',
  },
  'answer-time': {
    title: 'Time to our answer',
    group: 'adoption',
    kind: 'spread',
    formula: 'From Slack’s call to our visible answer; median, 95th percentile and longest, nearest rank.',
    from: 'figures_interactions',
  },
  'self-service': {
    title: 'Mended without a support request',
    group: 'adoption',
    kind: 'share',
    formula:
      'Of problems that anybody did something about: those mended by a practitioner’s own action here, with no support request about them within 24 h.',
    from: 'figures_alerts, figures_requests',
    better: 'up',
  },
  'run-success': {
    title: 'Runs that ended well',
    group: 'reliability',
    kind: 'share',
    formula: `Runs whose final state, after the orchestrator’s own retries, is success / runs that ended in the week. ${runs}`,
    from: 'figures_runs',
    better: 'up',
  },
  'first-attempt': {
    title: 'Runs that ended well on the first attempt',
    group: 'reliability',
    kind: 'share',
    formula: `Runs that succeeded on attempt 1 / runs that ended. What it lacks against run success was bought by retries. ${runs}`,
    from: 'figures_runs',
    better: 'up',
  },
  'backfill-success': {
    title: 'Backfill runs that ended well',
    group: 'reliability',
    kind: 'share',
    formula: 'The same of runs that a backfill from here has started.',
    from: 'figures_runs',
  },
  recovery: {
    title: 'Time to recover',
    group: 'reliability',
    kind: 'spread',
    formula:
      'Of episodes that ended in the week: from the first final failure of a pipeline and partition to the first later success of the same partition. Heavy tail, so no arrow.',
    from: 'figures_episodes',
  },
  'still-open': {
    title: 'Age of what is still open',
    group: 'reliability',
    kind: 'spread',
    formula: 'Of episodes open at the week’s end: from their first failure to then. In no recovery time.',
    from: 'figures_episodes',
  },
  rework: {
    title: 'Time of engines for trying again',
    group: 'reliability',
    kind: 'mean',
    formula:
      'Time for which engines were at work on attempts after the first / on all attempts that ended in the week.',
    from: 'figures_runs',
  },
  'change-failure': {
    title: 'Changes that broke their pipeline',
    group: 'reliability',
    kind: 'share',
    formula:
      'Changes in force followed, within 24 h or two runs, by a failure whose fingerprint was absent in the 7 days before / changes. Platform and upstream faults do not count.',
    from: 'figures_changes, figures_runs',
    better: 'down',
  },
  'change-recovery': {
    title: 'Time to recover from a change',
    group: 'reliability',
    kind: 'spread',
    formula:
      'Of changes of the week that broke their pipeline: from the failure to the success of the same partition. Where more than a fifth is not over at the week’s end, by Kaplan and Meier.',
    from: 'figures_changes, figures_episodes',
  },
  freshness: {
    title: 'Ready by the deadline',
    group: 'reliability',
    kind: 'share',
    formula:
      'Days on which a pipeline with a deadline was ready by then / days on which it was due, in its own time zone; by its schedule, else by the weekdays on which it ran lately.',
    from: 'catalogue, figures_runs',
    better: 'up',
  },
  'first-notice': {
    title: 'Time to first notice',
    group: 'alerts',
    kind: 'spread',
    formula:
      'Slack’s own stamp of the first message about a problem − when the engine recorded the failure; median, 95th percentile and longest.',
    from: 'figures_alerts',
  },
  'never-told': {
    title: 'Problems never told',
    group: 'alerts',
    kind: 'count',
    formula: 'Problems of the week about which no message was sent: muted, planned silence, or over before their turn.',
    from: 'figures_alerts',
  },
  acknowledgement: {
    title: 'Time to acknowledge',
    group: 'alerts',
    kind: 'spread',
    formula: 'From the first notice to the first acknowledgement or action of a person.',
    from: 'figures_alerts',
  },
  'never-acknowledged': {
    title: 'Alerts that nobody took up',
    group: 'alerts',
    kind: 'count',
    formula: 'Told, and neither acknowledged nor acted on by anybody.',
    from: 'figures_alerts',
  },
  noise: {
    title: 'Noise',
    group: 'alerts',
    kind: 'share',
    formula: 'Alerts that nobody touched and that recovered by themselves / alerts. A muted channel looks the same.',
    from: 'figures_alerts',
    better: 'down',
  },
  'grouping-precision': {
    title: 'Problems rightly put together',
    group: 'alerts',
    kind: 'share',
    formula:
      'Of the problems of a week that others joined by their cause, at most 50 drawn by lot: those where the log of what failed first and the log of one that joined, drawn by lot, show the same cause / those where both show one. What joined since it hangs on what failed is not judged.',
    from: 'figures_groups',
    better: 'up',
  },
  'grouping-recall': {
    title: 'Put together, of what belongs together',
    group: 'alerts',
    kind: 'share',
    formula:
      'Pairs rightly put together (above) / these and the pairs missed: problems that others of the same cause, by the log of what failed first, stood beside, begun while it was open and within the time in which one cause is one problem. One for each, however many stood beside it; drawn at the rate of the first.',
    from: 'figures_groups',
    better: 'up',
  },
  'grouping-unread': {
    title: 'Logs that tell nothing about that',
    group: 'alerts',
    kind: 'share',
    formula:
      'Logs that could not be read, or show no cause / logs that were wanted: of what failed first in each problem, and one more for each one drawn. Their pairs are left out above.',
    from: 'figures_groups',
    better: 'down',
  },
  'messages-per-problem': {
    title: 'Messages about a problem',
    group: 'alerts',
    kind: 'spread',
    formula:
      'Messages that Slack shows about each problem of the week, in channels, threads and to people; edits are none.',
    from: 'figures_alerts',
  },
  pings: {
    title: 'Direct messages to a person on a day',
    group: 'alerts',
    kind: 'spread',
    formula:
      'Direct messages about problems, by person and local day with at least one. Mentions in channels are not in it.',
    from: 'figures_alerts',
  },
  'automatic-wrong': {
    title: 'Automatic actions that were wrong',
    group: 'alerts',
    kind: 'share',
    formula:
      'Actions that Pitcrew took by itself after which another fault came, or of which a person said that they did not help / all of them. Where none was seen, 3 / n is what they are rarer than with 95 % certainty.',
    from: 'figures_actions, figures_feedback',
    better: 'down',
  },
  'retry-to-green': {
    title: 'From the press of Retry to green',
    group: 'alerts',
    kind: 'spread',
    formula: 'Of retries asked for in the week that mended it: from the press to the end of the problem.',
    from: 'figures_retries',
  },
  'retry-effect': {
    title: 'Retry presses that mended it',
    group: 'alerts',
    kind: 'share',
    formula:
      'Retries asked for here whose run then succeeded / those that are over. Not over at the week’s end: in neither.',
    from: 'figures_retries',
    better: 'up',
  },
  'with-owner': {
    title: 'Pipelines with an owner',
    group: 'paved path',
    kind: 'share',
    formula: 'Known pipelines whose owner or team is known / known pipelines.',
    from: 'catalogue',
    better: 'up',
  },
  'with-tests': {
    title: 'Pipelines with tests',
    group: 'paved path',
    kind: 'share',
    formula: 'Known pipelines whose catalogue entry names tests / known pipelines.',
    from: 'catalogue',
    better: 'up',
  },
  'with-runbook': {
    title: 'Pipelines with a runbook',
    group: 'paved path',
    kind: 'share',
    formula: 'Known pipelines with a runbook / known pipelines.',
    from: 'catalogue',
    better: 'up',
  },
  'with-deadline': {
    title: 'Pipelines with a deadline',
    group: 'paved path',
    kind: 'share',
    formula: 'Known pipelines with a deadline / known pipelines.',
    from: 'catalogue',
    better: 'up',
  },
  paved: {
    title: 'Pipelines on the paved path',
    group: 'paved path',
    kind: 'share',
    formula: 'Known pipelines with owner, tests, runbook and deadline / known pipelines.',
    from: 'catalogue',
    better: 'up',
  },
  repositories: {
    title: 'Managed repositories',
    group: 'paved path',
    kind: 'count',
    formula: 'Distinct repositories in the catalogue.',
    from: 'catalogue',
  },
  'paved-success': {
    title: 'Runs that ended well, on the paved path',
    group: 'paved path',
    kind: 'share',
    formula: 'Run success of pipelines with owner, tests, runbook and deadline.',
    from: 'figures_runs, catalogue',
  },
  'unpaved-success': {
    title: 'Runs that ended well, off the paved path',
    group: 'paved path',
    kind: 'share',
    formula: 'Run success of all other pipelines. They differ in more than the path, so this is no proof of it.',
    from: 'figures_runs, catalogue',
  },
  'before-paved': {
    title: 'Runs that ended well, before the paved path',
    group: 'paved path',
    kind: 'share',
    formula:
      'Run success in the 28 days before the day on which each pipeline was first seen on the path, of those that came onto it 28 to 182 days before the end.',
    from: 'figures_runs, figures_paved',
  },
  'after-paved': {
    title: 'Runs that ended well, after that',
    group: 'paved path',
    kind: 'share',
    formula:
      'Of the same pipelines: run success in the 28 days that begin the day after. The day itself is in neither, and both are of pipelines that ran in both.',
    from: 'figures_runs, figures_paved',
  },
  ...supportDefinitions,
});

export type FigureId = keyof typeof definitions;
export const figureIds = Object.keys(definitions) as [FigureId, ...FigureId[]];

/** In the words of what is counted: those of the table are of a week. */
export function definitionOf(id: FigureId, unit: Unit): Definition {
  const definition: Definition = definitions[id];
  if (unit === 'week') return definition;
  const say = (text: string) =>
    text
      .replaceAll('ISO week', `calendar ${unit}`)
      .replace(/\b([Ww])eek(?!day)/g, (_all, w) => (w === 'W' ? capital(unit) : unit));
  return { ...definition, title: say(definition.title), formula: say(definition.formula) };
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
