import {
  createStandIn,
  type JsonObject,
  type StandIn,
  type StandInOptions,
  type StepContext,
  type StepResult,
} from '../../src/demo/stand-in';

export interface Answer {
  status: number;
  contentType: string;
  headers: Headers;
  text: string;
  /** Parsed, where it is JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: answers are read by their documented paths; a wrong shape fails the test
  body: any;
}

export interface CallOptions {
  /** The `user` header; null sends none. @default 'dana' */
  user?: string | null;
  headers?: Record<string, string>;
}

/** Calls one server below `/api/v3`. */
export function createClient(url: string) {
  return async (
    method: string,
    path: string,
    body?: unknown,
    { user = 'dana', headers = {} }: CallOptions = {},
  ): Promise<Answer> => {
    const answer = await fetch(`${url}${path.startsWith('/actuator') ? '' : '/api/v3'}${path}`, {
      method,
      headers: {
        ...(user === null ? {} : { user }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const contentType = answer.headers.get('content-type') ?? '';
    return {
      status: answer.status,
      contentType,
      headers: answer.headers,
      text,
      body: contentType.includes('json') ? JSON.parse(text) : undefined,
    };
  };
}
export type Client = ReturnType<typeof createClient>;

export interface Running {
  standIn: StandIn;
  call: Client;
  url: string;
}

/** Servers that a test file starts and stops with its tests. */
export function createServers() {
  const running: StandIn[] = [];
  return {
    async start(options: StandInOptions): Promise<Running> {
      const standIn = createStandIn(options);
      running.push(standIn);
      const { url } = await standIn.start();
      return { standIn, call: createClient(url), url };
    },
    async stopAll(): Promise<void> {
      await Promise.all(running.splice(0).map((standIn) => standIn.stop()));
    },
  };
}

export const isOver = (instance: JsonObject) => !['CREATED', 'IN_PROGRESS'].includes(String(instance.status));

export const inRun = (runId: number) => (instance: JsonObject) =>
  instance.workflow_run_id === runId && isOver(instance);

/** A step that succeeds when the test opens the gate, or ends when it is stopped. */
export function createGate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const step = async ({ signal }: StepContext): Promise<StepResult> => {
    await Promise.race([opened, new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))]);
    return { exitCode: signal.aborted ? 143 : 0 };
  };
  return { open: () => open(), step };
}
