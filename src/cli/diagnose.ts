import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { styleText } from 'node:util';
import { Command } from 'commander';
import { z } from 'zod';
import { createDiagnosis, type Diagnoser, type Diagnosis, notText, type OwnerSide, type Retryable } from '../diagnosis';
import { errorCode } from '../lib/error-code';
import { CommandFailed, type Io } from './io';
import { readConfiguration } from './settings';
import { unpacked } from './unpacked';

/** Bytes read at a time: large enough that the reading costs nothing beside the looking. */
const READ_BYTES = 256 << 10;
/** At most this much is written before the pipe has taken it, in characters. */
const FLUSH_CHARS = 1 << 16;

const Asked = z.object({ id: z.union([z.string(), z.number()]), log: z.string() });

interface DiagnoseOptions {
  jsonl?: boolean;
  json?: boolean;
  printPatterns?: boolean;
  color: boolean;
}

/**
 * `pitcrew diagnose [FILE…]`: says why a run failed, from its log.
 *
 * @throws CommandFailed at the end, naming every file or line that could not be read; the others have been answered by then
 */
export function diagnoseCommand(io: Io): Command {
  return new Command('diagnose')
    .summary('say why a run failed, from its log')
    .description(
      'Reads a log (files, or standard input) and says why the run failed: the line that shows it, what kind of fault it is, what to do next. Secrets are taken out.',
    )
    .argument('[files...]', 'log files, gzip too; - or nothing is standard input')
    .option('--jsonl', 'read lines {"id","log"} and write one line of JSON for each, in the same order')
    .option('--json', 'write one line of JSON for each file')
    .option('--print-patterns', 'write the patterns of the rules (RE2 syntax), one a line, and stop')
    .option('--no-color', 'no colours')
    .addHelpText(
      'after',
      '\nExamples:\n  pitcrew diagnose task.log\n  kubectl logs job/load-orders | pitcrew diagnose\n  pitcrew diagnose --jsonl < logs.jsonl > diagnoses.jsonl\n',
    )
    .action(async (files: string[], options: DiagnoseOptions) => {
      const { settings } = await readConfiguration(io);
      const diagnoser = createDiagnosis(settings.diagnosis);
      if (options.printPatterns === true) return write(io.stdout, `${diagnoser.patterns().join('\n')}\n`);
      const inputs = files.length === 0 ? ['-'] : files;
      const colours = options.color && hasColours(io.stdout);
      const faults: string[] = [];
      for (const [at, file] of inputs.entries()) {
        try {
          const input = open(file, io);
          if (options.jsonl === true) {
            await answerLines(diagnoser, input, io.stdout, (fault) => faults.push(`${file}, ${fault}`));
            continue;
          }
          const diagnosis = await diagnoser.diagnoseStream(input);
          if (options.json === true) await write(io.stdout, `${JSON.stringify(row(file, diagnosis))}\n`);
          else
            await write(
              io.stdout,
              `${at > 0 ? '\n' : ''}${page(diagnosis, inputs.length > 1 ? file : undefined, colours)}`,
            );
        } catch (error) {
          if (errorCode(error) === 'EPIPE') throw error;
          faults.push(`${file}: ${reasonOf(error)}`);
        }
      }
      if (faults.length > 0)
        throw new CommandFailed(`Could not read:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    });
}

function open(file: string, { stdin }: Io): Readable {
  return unpacked(file === '-' ? stdin : createReadStream(file, { highWaterMark: READ_BYTES }));
}

/** One answer a line, in the order of the questions. A line that is no question is a fault and gets no answer. */
async function answerLines(
  diagnoser: Diagnoser,
  input: Readable,
  output: Writable,
  onFault: (fault: string) => void,
): Promise<void> {
  let failure: unknown;
  input.once('error', (error: unknown) => {
    failure = error;
  });
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  let lineNo = 0;
  let answers = '';
  for await (const line of lines) {
    lineNo++;
    if (line.trim() === '') continue;
    const asked = questionOf(line);
    if (typeof asked === 'string') onFault(`line ${lineNo}: ${asked}`);
    else answers += `${JSON.stringify(row(asked.id, diagnoser.diagnoseText(asked.log)))}\n`;
    if (answers.length >= FLUSH_CHARS) {
      await write(output, answers);
      answers = '';
    }
  }
  await write(output, answers);
  if (failure !== undefined) throw failure;
}

/** The question of a line, or why it is none. */
function questionOf(line: string): z.infer<typeof Asked> | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'not JSON';
  }
  const asked = Asked.safeParse(value);
  return asked.success ? asked.data : 'needs "id" (text or number) and "log" (text)';
}

function row(id: string | number, diagnosis: Diagnosis) {
  return {
    id,
    category: diagnosis.category,
    retryable: diagnosis.retryable,
    owner_side: diagnosis.ownerSide,
    root_cause_line: diagnosis.causeLineInFull,
    root_cause_line_no: diagnosis.causeLineNo,
    fingerprint: diagnosis.fingerprint,
    excerpt: diagnosis.excerpt,
    redactions: diagnosis.redactions,
    confidence: diagnosis.confidence,
  };
}

const RETRY_WORDS: Record<Retryable, string> = {
  yes: 'worth a try as it is',
  no: 'fails the same way until the code or the data changes',
  after_change: 'after the change, not before',
  maybe: 'the log does not settle it',
};
const OWNER_WORDS: Record<OwnerSide, string> = {
  user_code: 'whoever owns the code',
  data: 'whoever owns the data',
  platform: 'the platform team',
  upstream: 'whoever delivers the input or runs the service',
  credentials: 'whoever owns the account or the access',
  quota: 'whoever owns the limit',
};

function page(diagnosis: Diagnosis, file: string | undefined, colours: boolean): string {
  if (diagnosis.causeLine === '' && diagnosis.excerpt.trim() === '') {
    const said =
      diagnosis.title === notText.title
        ? `This is not a text log. ${notText.nextStep}`
        : 'There is nothing in this log.';
    return `${file === undefined ? '' : `${file}: `}${said}\n`;
  }
  const paint = (style: Parameters<typeof styleText>[0], text: string) => (colours ? styleText(style, text) : text);
  const width = String(diagnosis.excerptFromLineNo + 14).length;
  const excerpt = diagnosis.excerpt.split('\n').map((text, at) => {
    const no = diagnosis.excerptFromLineNo + at;
    const isCause = no === diagnosis.causeLineNo;
    const margin = `${isCause ? '▶' : ' '} ${String(no).padStart(width)} │ `;
    return isCause ? paint('red', margin) + paint('bold', text) : paint('dim', margin + text);
  });
  const taken = Object.entries(diagnosis.redactions).map(([kind, count]) => `${count} × ${kind.replaceAll('_', ' ')}`);
  const told: [string, string][] = [
    ['Next step', diagnosis.nextStep],
    ['Retry', RETRY_WORDS[diagnosis.retryable]],
    ['Acts first', OWNER_WORDS[diagnosis.ownerSide]],
    ['Sure', `${Math.round(diagnosis.confidence * 100)} %`],
    ['Fingerprint', diagnosis.fingerprint],
    ...(taken.length === 0 ? [] : [['Taken out', taken.join(', ')] as [string, string]]),
  ];
  return [
    `${paint(['bold', 'red'], diagnosis.title)}${file === undefined ? '' : `  ${paint('dim', file)}`}`,
    `line ${diagnosis.causeLineNo}: ${diagnosis.causeLine}`,
    '',
    ...excerpt,
    '',
    ...told.map(([name, text]) => `${paint('cyan', name.padEnd(12))}${text}`),
    '',
  ].join('\n');
}

function reasonOf(error: unknown): string {
  const code = errorCode(error);
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'this is a folder';
  if (code === 'EACCES') return 'it may not be read';
  if (code?.startsWith('Z_') === true) return `its gzip packing is broken (${code})`;
  return error instanceof Error ? error.message : String(error);
}

/** A terminal that shows colours; it asks the environment (`NO_COLOR`, `TERM`) itself. */
function hasColours(output: Writable): boolean {
  return 'hasColors' in output && typeof output.hasColors === 'function' && output.hasColors() === true;
}

/** Waits until the pipe has taken the text, so that a slow reader does not fill our memory. */
async function write(output: Writable, text: string): Promise<void> {
  if (text !== '' && !output.write(text)) await once(output, 'drain');
}
