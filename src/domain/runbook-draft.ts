/** An entry of a runbook as it could be, from what people asked and what helped them. */

export interface DraftFacts {
  question: string;
  /** How the others put it. */
  asked: readonly string[];
  /** What solved them; where none was written down, what the team said in their threads. */
  answers: readonly string[];
  times: number;
  days: number;
}

const examplesMax = 5;
const answersMax = 8;
const lineMax = 300;
const draftMax = 2_600;

/** Markdown with a heading for the question, so that it is found by it; at most 2,600 characters. Never throws. */
export function draftRunbook({ question, asked, answers, times, days }: DraftFacts): string {
  const examples = different([question, ...asked]).slice(1, 1 + examplesMax);
  const lines = [
    `# ${oneLine(question).replace(/^#+\s*/, '')}`,
    '',
    `Asked ${times} times in ${days} days.`,
    ...(examples.length > 0 ? ['', 'Others put it so:', '', ...examples.map((each) => `- ${each}`)] : []),
    '',
    '## What helps',
    '',
    answerOf(answers) || 'Not written down yet.',
  ];
  return `${lines.join('\n')}\n`.slice(0, draftMax);
}

/** What helps alone, as the answer to be pinned; empty where nothing was written down. */
export function answerOf(answers: readonly string[]): string {
  const known = different(answers).slice(0, answersMax);
  return known.length <= 1 ? (known[0] ?? '') : known.map((each) => `- ${each}`).join('\n');
}

/** Each once, whatever its capitals and its full stop. */
function different(texts: readonly string[]): string[] {
  const byKey = new Map<string, string>();
  for (const text of texts.map(oneLine)) {
    const key = text.toLowerCase().replace(/[.!?\s]+$/, '');
    if (key !== '' && !byKey.has(key)) byKey.set(key, text);
  }
  return [...byKey.values()];
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, lineMax);
