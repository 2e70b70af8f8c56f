import { z } from 'zod';
import { Failure, type FailureKind } from '../domain/failure';

export interface Answer {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** Characters of the other side's own words that we keep. */
const longestDetail = 300;

/** Where products put the sentence that says what was wrong; first found wins. */
const Explained = z.object({
  message: z.string().optional().catch(undefined),
  detail: z.unknown().optional(),
  error_description: z.string().optional().catch(undefined),
  error: z.unknown().optional(),
  errors: z.unknown().optional(),
  title: z.string().optional().catch(undefined),
  exception_message: z.string().optional().catch(undefined),
});

/** The words inside a value of unknown shape: a text, the first of a list, or its own `message`. */
function wordsOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim() || undefined;
  if (Array.isArray(value)) return wordsOf(value[0]);
  const inner = z.object({ message: z.string().optional(), msg: z.string().optional() }).safeParse(value);
  return inner.success ? (inner.data.message ?? inner.data.msg) : undefined;
}

/** What the other side says about its refusal: one line, without secrets, at most 300 characters. HTML says nothing to people. */
export function detailOf(body: string, redact: (text: string) => string): string | undefined {
  const said = explain(body);
  return said === undefined ? undefined : oneLine(redact(said));
}

function explain(body: string): string | undefined {
  const json = parseJson(body);
  if (json === undefined) return /^\s*</.test(body) ? undefined : body.trim() || undefined;
  if (typeof json === 'string' || Array.isArray(json)) return wordsOf(json);
  const known = Explained.safeParse(json);
  if (!known.success) return undefined;
  const { message, detail, error_description, error, errors, title, exception_message } = known.data;
  return (
    message || wordsOf(detail) || error_description || wordsOf(error) || wordsOf(errors) || title || exception_message
  );
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= longestDetail ? line : `${line.slice(0, longestDetail - 1)}…`;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * What a status that is not 2xx means.
 *
 * @param changing  whether the call was to change something: then an answer that leaves the effect open is `unsure`
 */
export function kindOfStatus(status: number, changing: boolean): FailureKind {
  if (status === 401 || status === 403 || status === 407) return 'not-allowed';
  if (status === 404 || status === 410) return 'not-found';
  if (status === 429) return 'rate-limited';
  if (status === 408 || status >= 500) return changing ? 'unsure' : 'unavailable';
  if (status === 303) return changing ? 'unsure' : 'bad-response';
  if (status < 400) return 'bad-response';
  return 'rejected';
}

/** `Retry-After` in ms: seconds or an HTTP date. Undefined if there is none that can be read. */
export function retryAfterMs(headers: Answer['headers'], now: Date): number | undefined {
  const value = headers['retry-after'];
  if (typeof value !== 'string') return undefined;
  if (/^\d+(\.\d+)?$/.test(value.trim())) return Math.ceil(Number(value) * 1_000);
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}

/**
 * The body in our words.
 * @throws Failure `bad-response` for HTML, broken JSON, or JSON of another shape
 */
export function parseAnswer<T>(answer: Answer, schema: z.ZodType<T>, where: string): T {
  const text = answer.body.toString('utf8');
  const json = text.trim() === '' ? undefined : parseJson(text);
  if (json === undefined && text.trim() !== '') {
    const form = /^\s*</.test(text) ? 'a web page' : 'something that is not JSON';
    throw new Failure('bad-response', where, { detail: `${form} instead of JSON.` });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue?.path.length ? `"${issue.path.join('.')}"` : 'the whole';
  throw new Failure('bad-response', where, { detail: oneLine(`${place}: ${issue?.message}`), cause: parsed.error });
}
