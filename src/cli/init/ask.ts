import { createInterface } from 'node:readline';
import { type Readable, Writable } from 'node:stream';
import { CommandFailed } from '../io';

/** Questions in a terminal, or to whoever writes lines into a pipe: one line is one answer, blank takes what stands in brackets. */
export interface Ask {
  say(line: string): void;
  /** `check` says what is wrong with an answer; then it is asked again. */
  text(question: string, usual?: string, check?: (answer: string) => string | undefined): Promise<string>;
  /** Is not shown while it is typed. */
  secret(question: string): Promise<string>;
  yes(question: string, usual: boolean): Promise<boolean>;
  /** By number, by name or by a part of it; blank = `usual`, and nothing where there is none. */
  one<T extends Choice>(question: string, choices: readonly T[], usual?: T): Promise<T | undefined>;
  /** Several, separated by commas. */
  many<T extends Choice>(question: string, choices: readonly T[]): Promise<T[]>;
  close(): void;
}

export interface Choice {
  name: string;
}

/** More choices than this are not listed, but found by a part of their name. */
const listed = 12;
/** With an answer that is likely, only so few are listed. */
const few = 5;

/** @throws CommandFailed from every question once there are no more answers */
export function createAsk({ stdin, out }: { stdin: Readable & { isTTY?: boolean }; out: Writable }): Ask {
  let isHidden = false;
  const shown = new Writable({
    write: (chunk, _encoding, done) => {
      if (!isHidden) out.write(chunk);
      done();
    },
  });
  const terminal = stdin.isTTY === true;
  const lines = createInterface({ input: stdin, output: shown, terminal });
  const heard: string[] = [];
  let waiting: ((line: string | undefined) => void) | undefined;
  let isOver = false;
  lines.on('line', (line) => {
    const take = waiting;
    waiting = undefined;
    if (take) take(line);
    else heard.push(line);
  });
  lines.on('close', () => {
    isOver = true;
    waiting?.(undefined);
  });

  const say = (line: string): void => void out.write(`${line}\n`);

  async function answer(question: string, hides = false): Promise<string> {
    // As the prompt, so that editing a line draws it anew as it was.
    lines.setPrompt(`${question} `);
    if (terminal) lines.prompt();
    else out.write(`${question} `);
    isHidden = hides && terminal;
    const next = () =>
      new Promise<string | undefined>((take) => {
        waiting = take;
      });
    const line = heard.shift() ?? (isOver ? undefined : await next());
    if (isHidden || line === undefined || !terminal) out.write('\n');
    isHidden = false;
    if (line === undefined) throw new CommandFailed('The questions were not answered to the end. Nothing was written.');
    return line.trim();
  }

  async function text(
    question: string,
    usual = '',
    check = (_: string): string | undefined => undefined,
  ): Promise<string> {
    for (;;) {
      const said = (await answer(usual ? `${question} [${usual}]` : question)) || usual;
      const wrong = said === '' ? undefined : check(said);
      if (wrong === undefined) return said;
      say(`  ${wrong}`);
    }
  }

  const shownLists = new Set<string>();
  /** The same list is not shown twice. */
  function list(choices: readonly Choice[]): void {
    const names = choices.map(({ name }) => name).join('\n');
    if (shownLists.has(names)) return;
    shownLists.add(names);
    for (const [index, { name }] of choices.slice(0, listed).entries()) say(`  ${index + 1}  ${name}`);
    if (choices.length > listed) say(`  … and ${choices.length - listed} more: type a part of the name`);
  }

  return {
    say,
    text,
    close: () => lines.close(),
    secret: (question) => answer(question, true),
    async yes(question, usual) {
      const said = await text(question, usual ? 'Y/n' : 'y/N', (word) =>
        /^(y|yes|n|no|Y\/n|y\/N)$/i.test(word) ? undefined : 'Please say y or n.',
      );
      return said.includes('/') ? usual : /^y/i.test(said);
    },
    async one(question, choices, usual) {
      if (!usual || choices.length <= few) list(choices);
      for (;;) {
        const said = await text(question, usual?.name ?? 'none');
        if (said === 'none') return undefined;
        const found = pick(said, choices);
        if (found.length === 1) return found[0];
        say(found.length === 0 ? `  There is none with "${said}" in its name.` : '  There are several:');
        list(found);
      }
    },
    async many(question, choices) {
      list(choices);
      for (;;) {
        const words = (await text(question, 'none')).split(',').map((word) => word.trim());
        if (words.join('') === 'none') return [];
        const found = words.filter((word) => word !== '').map((word) => ({ word, picked: pick(word, choices) }));
        const unclear = found.filter(({ picked }) => picked.length !== 1);
        if (unclear.length === 0) return [...new Set(found.flatMap(({ picked }) => picked))];
        for (const { word, picked } of unclear)
          say(
            picked.length === 0
              ? `  There is none with "${word}" in its name.`
              : `  "${word}" fits several: ${picked
                  .slice(0, listed)
                  .map(({ name }) => name)
                  .join(', ')}`,
          );
      }
    },
  };
}

/** What somebody may mean by that: the one of this number or name, else those with it in their names. */
export function pick<T extends Choice>(said: string, choices: readonly T[]): T[] {
  const bare = (name: string) => name.replace(/^[#@]/, '').toLowerCase();
  const exact = choices.find(({ name }) => bare(name) === bare(said));
  if (exact) return [exact];
  const nth = /^\d{1,2}$/.test(said) ? choices.slice(0, listed)[Number(said) - 1] : undefined;
  if (nth) return [nth];
  return choices.filter(({ name }) => bare(name).includes(bare(said)));
}
