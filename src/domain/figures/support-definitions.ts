import { defined } from './definition';

const working =
  'In working time, by the schedule in force on each day. The clock stands while the requester is asked something. What the team opened itself is left out.';

export const supportDefinitions = defined({
  'requests-opened': {
    title: 'Requests opened',
    group: 'support',
    kind: 'count',
    formula:
      'Requests whose first message is of the week. Bots, the exclusion list and test channels are left out, as in every figure of support.',
    from: 'figures_requests',
  },
  'requests-reopened': {
    title: 'Requests reopened',
    group: 'support',
    kind: 'count',
    formula: 'How often a solved request was opened again in the week.',
    from: 'figures_request_events',
  },
  'requests-solved': {
    title: 'Requests solved',
    group: 'support',
    kind: 'count',
    formula:
      'How often a request was solved in the week; again after it was reopened counts again, and so does merged into another.',
    from: 'figures_request_events',
  },
  backlog: {
    title: 'Requests open at the week’s end',
    group: 'support',
    kind: 'count',
    formula: 'Those open at the end of the week before + opened + reopened − solved.',
    from: 'figures_request_events',
    better: 'down',
  },
  'backlog-age': {
    title: 'Age of what is open',
    group: 'support',
    kind: 'spread',
    formula:
      'Of requests open at the week’s end: from their first message to then, by the calendar. In no resolution time.',
    from: 'figures_requests',
  },
  'first-response': {
    title: 'Time to the first response',
    group: 'support',
    kind: 'spread',
    formula: `Of requests opened in the week: from the requester’s first message to the first words of a person of the team; neither an emoji nor Pitcrew’s own answer is one. Where more than a fifth has none yet, by Kaplan and Meier. ${working}`,
    from: 'figures_request_events',
  },
  'next-response': {
    title: 'Time to each response',
    group: 'support',
    kind: 'spread',
    formula: `Every gap between a message of the requester and the next words of a person of the team, that ended in the week. ${working}`,
    from: 'figures_request_events',
  },
  'first-resolution': {
    title: 'Time to the first solution',
    group: 'support',
    kind: 'spread',
    formula: `Of requests first solved in the week: from the first message to then. Merged ones are left out. ${working}`,
    from: 'figures_request_events',
  },
  'full-resolution': {
    title: 'Time to the last solution',
    group: 'support',
    kind: 'spread',
    formula: `Of requests solved for good in the week, as far as was known at its end: from the first message to then, reopened time included. ${working}`,
    from: 'figures_request_events',
  },
  'first-resolution-calendar': {
    title: 'Time to the first solution, by the calendar',
    group: 'support',
    kind: 'spread',
    formula: 'The same in calendar time.',
    from: 'figures_request_events',
  },
  'full-resolution-calendar': {
    title: 'Time to the last solution, by the calendar',
    group: 'support',
    kind: 'spread',
    formula: 'The same in calendar time.',
    from: 'figures_request_events',
  },
  'response-attainment': {
    title: 'First responses in time',
    group: 'support',
    kind: 'share',
    formula:
      'Of requests opened in the week, met / (met + breached) of the target of their priority. Without an answer and past due is breached; not due yet is in neither.',
    from: 'figures_request_events',
    better: 'up',
  },
  'resolution-attainment': {
    title: 'Solutions in time',
    group: 'support',
    kind: 'share',
    formula:
      'Of requests opened in the week, met / (met + breached) of the target of their priority. Open and past due is breached; not due yet is in neither.',
    from: 'figures_request_events',
    better: 'up',
  },
  'reopen-rate': {
    title: 'Solved and reopened',
    group: 'support',
    kind: 'share',
    formula:
      'Of requests solved in the week before, whose window is closed: those reopened within 7 × 24 h of a solution. A word of thanks reopens nothing.',
    from: 'figures_request_events',
    better: 'down',
  },
  'one-touch': {
    title: 'Solved with one answer',
    group: 'support',
    kind: 'share',
    formula: 'Solved in the week with exactly one answer of a person of the team / solved in the week.',
    from: 'figures_request_events',
    better: 'up',
  },
  'answered-first': {
    title: 'Questions for which an offered answer was enough',
    group: 'support',
    kind: 'share',
    formula:
      'Of requests opened in the week to which Pitcrew offered a likely answer first: those whose requester said that it was enough, and did not open it again within 24 h.',
    from: 'figures_request_events',
    better: 'up',
  },
  satisfaction: {
    title: 'Satisfied with the support',
    group: 'support',
    kind: 'share',
    formula:
      'Ratings of 4 and 5 / ratings from 1 to 5 given in the week; of each request its last one. Below 10 only the counts. Those who do not answer may think otherwise.',
    from: 'figures_requests',
    better: 'up',
  },
  'surveys-answered': {
    title: 'Ratings given when asked for',
    group: 'support',
    kind: 'share',
    formula: 'Of requests whose rating was asked for in the week before: those rated since.',
    from: 'figures_request_events',
  },
  thumbs: {
    title: 'Causes that people found right',
    group: 'support',
    kind: 'share',
    formula:
      'Thumbs up / (up + down) under the causes that alerts name, pressed in the week; one vote a person and problem, the last one.',
    from: 'figures_feedback',
    better: 'up',
  },
  'thumbs-actions': {
    title: 'Actions that people found to have helped',
    group: 'support',
    kind: 'share',
    formula: 'The same under retries, backfills and other actions that were done from here.',
    from: 'figures_feedback',
    better: 'up',
  },
  'time-saved': {
    title: 'Time saved, an estimate',
    group: 'support',
    kind: 'total',
    formula:
      'Sum of the minutes that each takes by hand, as given in adoption.byHand, − the minutes it took here, from the press until it was under way or answered. What was done about one problem counts once, so does one person asking about one pipeline on one day. What Pitcrew did by itself is not in it.',
    from: 'figures_actions, figures_interactions',
  },
  'minutes-per-answer': {
    title: 'Minutes of the team for a solved request',
    group: 'support',
    kind: 'mean',
    formula:
      'Time before each message of the team in the threads of requests solved in the week, never more than 10 minutes for one, / solved. An estimate.',
    from: 'figures_request_events',
  },
});
