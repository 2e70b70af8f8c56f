import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What Slack took of us. */
export interface Accepted {
  kind: 'post' | 'edit' | 'file';
  channel: string;
  /** Of a file, its id. */
  ts: string;
  threadTs?: string;
  text: string;
  /** The blocks as they came, as JSON; of a file, its content. */
  body: string;
  postId?: string;
  /** `performance.now()` */
  at: number;
}

interface Bucket {
  /** Tokens a second, and how many at most. */
  rate: number;
  burst: number;
  tokens: number;
  filledAt: number;
}

const latencyMs = 50;
const perChannel = { rate: 1, burst: 5 };
const edits = { rate: 50 / 60, burst: 12 };
const files = { rate: 100 / 60, burst: 20 };
/** A message with more than this in its blocks is refused, as Slack does. */
const blocksMax = 13_000;

/** Stands for Slack at the other end of the wire: strict in its limits, quick in its bookkeeping. */
export async function startStrictSink(channels: { id: string; name: string }[]) {
  const accepted: Accepted[] = [];
  const listeners: ((message: Accepted) => void)[] = [];
  const buckets = new Map<string, Bucket>();
  const counts = { calls: 0, limited: 0, refused: 0, messages: 0 };
  const limitedBy = new Map<string, number>();
  let stamp = 0;
  let fileCount = 0;
  const fileTexts = new Map<string, string>();

  /** @returns 0 if it may pass, else whole seconds to wait */
  function take(key: string, { rate, burst }: { rate: number; burst: number }): number {
    const now = performance.now();
    const bucket = buckets.get(key) ?? { rate, burst, tokens: burst, filledAt: now };
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.filledAt) / 1_000) * rate);
    bucket.filledAt = now;
    buckets.set(key, bucket);
    if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / rate));
    bucket.tokens -= 1;
    return 0;
  }

  function note(message: Accepted): void {
    accepted.push(message);
    for (const listener of listeners) listener(message);
  }

  const nextTs = (): string => {
    stamp += 1;
    return `${Math.floor(Date.now() / 1_000)}.${String(stamp).padStart(6, '0')}`;
  };

  function limited(response: ServerResponse, key: string, seconds: number): void {
    counts.limited += 1;
    const kind = key.split(':')[0] ?? key;
    limitedBy.set(kind, (limitedBy.get(kind) ?? 0) + 1);
    response.writeHead(429, { 'retry-after': String(seconds), 'content-type': 'application/json' });
    response.end('{"ok":false,"error":"ratelimited"}');
  }

  function refusalOf(args: Record<string, string>): string | undefined {
    if (!args.text) return 'no_text';
    const blocks: unknown = args.blocks ? JSON.parse(args.blocks) : [];
    if (!Array.isArray(blocks)) return 'invalid_blocks_format';
    if (blocks.length > 50) return 'invalid_blocks';
    if ((args.blocks ?? '').length > blocksMax) return 'msg_blocks_too_long';
    const tooLong = blocks.some((block) => block?.type === 'section' && (block.text?.text?.length ?? 0) > 3_000);
    return tooLong ? 'invalid_blocks' : undefined;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = (request.url ?? '').replace(/^\/api\//, '').split('?')[0] ?? '';
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks).toString();
    await sleep(latencyMs);
    counts.calls += 1;
    const ok = (body: object) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ ok: true, ...body }));
    };
    const no = (error: string) => {
      counts.refused += 1;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ ok: false, error }));
    };
    // An answer to one person, by the address that came with the press.
    if (method.startsWith('respond/')) return void response.end('ok');
    if (method.startsWith('upload/')) {
      fileTexts.set(method.slice('upload/'.length), raw);
      response.end('OK');
      return;
    }
    const isJson = request.headers['content-type']?.includes('json') ?? false;
    const args = isJson ? flat(JSON.parse(raw)) : Object.fromEntries(new URLSearchParams(raw));
    const { channel = '', ts = '', thread_ts: threadTs } = args;
    if (method === 'chat.postMessage' || method === 'chat.update') {
      counts.messages += 1;
      const isEdit = method === 'chat.update';
      const key = isEdit ? 'edits' : `post:${channel}`;
      const waitSeconds = take(key, isEdit ? edits : perChannel);
      if (waitSeconds > 0) return limited(response, key, waitSeconds);
      const refusal = refusalOf(args);
      if (refusal) return no(refusal);
      if (!channels.some(({ id }) => id === channel)) return no('channel_not_found');
      const metadata = args.metadata ? JSON.parse(args.metadata) : undefined;
      const shownTs = isEdit ? ts : nextTs();
      note({
        kind: isEdit ? 'edit' : 'post',
        channel,
        ts: shownTs,
        threadTs,
        text: args.text ?? '',
        body: args.blocks ?? '',
        postId: metadata?.event_payload?.post_id,
        at: performance.now(),
      });
      return ok({ ts: shownTs, channel });
    }
    if (method === 'conversations.list') {
      return ok({ channels: channels.map((each) => ({ ...each, is_member: true })) });
    }
    if (method === 'conversations.history' || method === 'conversations.replies') {
      const found = accepted.filter(
        (each) => each.kind === 'post' && each.channel === channel && (ts ? each.threadTs === ts : !each.threadTs),
      );
      return ok({
        messages: found.map((each) => ({
          ts: each.ts,
          text: each.text,
          metadata: { event_type: 'pitcrew_post', event_payload: { post_id: each.postId } },
        })),
      });
    }
    if (method === 'files.getUploadURLExternal') {
      const waitSeconds = take('files', files);
      if (waitSeconds > 0) return limited(response, 'files', waitSeconds);
      fileCount += 1;
      return ok({ upload_url: `${origin()}/api/upload/F${fileCount}`, file_id: `F${fileCount}` });
    }
    if (method === 'files.completeUploadExternal') {
      const [file] = JSON.parse(args.files ?? '[]');
      const body = fileTexts.get(file.id) ?? '';
      note({ kind: 'file', channel: '', ts: file.id, text: file.title, body, at: performance.now() });
      return ok({ files: [{ id: file.id, permalink: `https://files.example/${file.id}` }] });
    }
    if (method === 'auth.test')
      return ok({ team_id: 'T0', team: 'bench', user_id: 'U0BOT', bot_id: 'B0BOT', url: 'https://bench.example/' });
    if (method === 'users.info')
      return ok({ user: { id: args.user ?? '', name: 'dana', real_name: 'Dana Whitfield', profile: {} } });
    if (method === 'usergroups.list') return ok({ usergroups: [] });
    if (method === 'usergroups.users.list') return ok({ users: [] });
    return no('unknown_method');
  }

  const server: Server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    accepted,
    counts,
    limitedBy,
    onAccepted: (listener: (message: Accepted) => void) => listeners.push(listener),
    /** Where an answer to a press goes. */
    responseUrl: () => `${origin()}/api/respond/1`,
    /** The environment that leads Pitcrew here. */
    slack: {
      SLACK_BOT_TOKEN: 'xoxb-bench',
      SLACK_SIGNING_SECRET: 'bench-signing-secret',
      SLACK_API_URL: `${origin()}/api/`,
    },
    async stop(): Promise<void> {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** A call in JSON, as Alertmanager makes it: what its attachment says is its text. */
function flat(body: {
  channel?: string;
  text?: string;
  attachments?: { title?: string; text?: string }[];
}): Record<string, string> {
  const said = (body.attachments ?? []).map(({ title = '', text = '' }) => `${title} ${text}`);
  return { channel: body.channel ?? '', text: [body.text ?? '', ...said].join(' ').trim() };
}
