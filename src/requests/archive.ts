import { randomUUID } from 'node:crypto';
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import { type Happened, Priority } from '../domain/request';
import type { Db, Tx } from '../store/db';
import { findPersonByEmail } from '../store/person-rows';
import * as requestRows from '../store/request-rows';

const at = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

/** A request of another tool, as it is brought in. People are named by their e-mail address; who is not known here stays nameless. */
export const Brought = z
  .strictObject({
    /** Of the other tool: the same one is brought in once. */
    id: z.union([z.string().min(1), z.number().transform(String)]),
    question: z.string().trim().min(1),
    askedAt: at,
    requester: z.email().optional(),
    assignee: z.email().optional(),
    category: z.string().optional(),
    priority: Priority.default('normal'),
    /** The first words of a person of the team. */
    firstAnsweredAt: at.optional(),
    solvedAt: at.optional(),
    resolution: z.string().optional(),
    score: z.number().int().min(1).max(5).optional(),
  })
  .refine(({ askedAt, solvedAt }) => !solvedAt || solvedAt >= askedAt, {
    path: ['solvedAt'],
    error: 'must not be before `askedAt`',
  })
  .refine(({ askedAt, firstAnsweredAt }) => !firstAnsweredAt || firstAnsweredAt >= askedAt, {
    path: ['firstAnsweredAt'],
    error: 'must not be before `askedAt`',
  })
  .refine(({ score, solvedAt }) => score === undefined || solvedAt !== undefined, {
    path: ['score'],
    error: 'needs `solvedAt`: what is open is rated by nobody',
  });
export type Brought = z.infer<typeof Brought>;

/** The history of another tool, all of it or nothing. It is shown nowhere, and answers questions from now on. @param of.isTrial nothing stays @returns how many were new */
export async function bringIn(
  db: Db,
  brought: readonly Brought[],
  { redact, now, isTrial }: { redact(text: string): string; now: Date; isTrial?: boolean },
): Promise<number> {
  let count = 0;
  const bring = async (tx: Tx) => {
    count = 0;
    for (const each of brought) if (await bringOne(tx, each, redact, now)) count += 1;
    if (isTrial) throw new Trial();
  };
  await db.transaction(bring).catch((error) => {
    if (!(error instanceof Trial)) throw error;
  });
  return count;
}

/** Rolls all of it back. */
class Trial extends Error {}

async function bringOne(tx: Tx, brought: Brought, redact: (text: string) => string, now: Date): Promise<boolean> {
  const { askedAt, firstAnsweredAt, solvedAt, category, priority, score } = brought;
  const id = randomUUID();
  const requester = (await surrogateOf(tx, brought.requester)) ?? randomUUID();
  const assignee = await surrogateOf(tx, brought.assignee);
  const question = redact(brought.question);
  const request = {
    id,
    state: 'open' as const,
    requester,
    isStaff: false,
    source: 'import' as const,
    priority,
    isDirect: false,
    askedAt,
    requesterSaidAt: askedAt,
    question,
  };
  if (!(await requestRows.insert(tx, { ...request, origin: `import:${brought.id}` }, now))) return false;
  const events: Happened[] = [
    { kind: 'opened', source: 'import', isStaff: false, at: askedAt, role: 'requester', by: requester },
    ...(firstAnsweredAt
      ? [{ kind: 'said' as const, isQuestion: false, isPleasantry: false, at: firstAnsweredAt, role: 'team' as const }]
      : []),
    ...(solvedAt ? [{ kind: 'solved' as const, how: 'import' as const, at: solvedAt, role: 'team' as const }] : []),
    ...(solvedAt && score ? [{ kind: 'rated' as const, score, at: solvedAt, role: 'requester' as const }] : []),
  ];
  await requestRows.addEvents(tx, id, events);
  await requestRows.save(
    tx,
    {
      ...request,
      number: 0,
      ...(solvedAt ? { state: 'solved' as const, solvedAt, howSolved: 'import' as const } : {}),
      ...(firstAnsweredAt ? { firstResponseAt: firstAnsweredAt, teamSaidAt: firstAnsweredAt } : {}),
      ...(assignee ? { assignee } : {}),
      ...(category ? { category } : {}),
      ...(brought.resolution ? { resolution: redact(brought.resolution) } : {}),
      ...(score ? { score } : {}),
    },
    now,
  );
  return true;
}

async function surrogateOf(tx: Tx, email: string | undefined): Promise<string | undefined> {
  return email === undefined ? undefined : (await findPersonByEmail(tx, email))?.personId;
}

/** A request as it is taken out. What was erased is left empty. */
export interface TakenOut {
  number: number;
  state: string;
  askedAt: Date;
  requester?: string;
  source: string;
  question: string;
  priority: string;
  category?: string;
  assignee?: string;
  pipeline?: string;
  firstAnsweredAt?: Date;
  solvedAt?: Date;
  howSolved?: string;
  resolution?: string;
  score?: number;
}

/** What was asked since then, the oldest first. */
export async function takeOut(db: Db, since?: Date): Promise<TakenOut[]> {
  const requests = await requestRows.since(db, since ?? new Date(0));
  return requests.map((request) => ({
    number: request.number,
    state: request.state,
    askedAt: request.askedAt,
    requester: request.requesterName,
    source: request.source,
    question: request.question,
    priority: request.priority,
    category: request.category,
    assignee: request.assigneeName,
    pipeline: request.pipeline,
    firstAnsweredAt: request.firstResponseAt,
    solvedAt: request.solvedAt,
    howSolved: request.howSolved,
    resolution: request.resolution,
    score: request.score,
  }));
}

const columns: (keyof TakenOut)[] = [
  'number',
  'state',
  'askedAt',
  'requester',
  'source',
  'question',
  'priority',
  'category',
  'assignee',
  'pipeline',
  'firstAnsweredAt',
  'solvedAt',
  'howSolved',
  'resolution',
  'score',
];

/** What begins like a formula stays text in a spreadsheet. */
export function asCsv(requests: readonly TakenOut[]): string {
  return stringify(
    requests.map((request) =>
      columns.map((name) => {
        const value = request[name];
        return value instanceof Date ? value.toISOString() : (value ?? '');
      }),
    ),
    { header: true, columns, escape_formulas: true },
  );
}
