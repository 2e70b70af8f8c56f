/** An answer to a machine that could not be served (RFC 9457). `extra` members are added as they are. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail?: string,
    readonly extra: { headers?: Record<string, string>; members?: Record<string, unknown> } = {},
  ) {
    super(title);
    this.name = 'Problem';
  }

  toJSON(): Record<string, unknown> {
    return { type: 'about:blank', title: this.title, status: this.status, detail: this.detail, ...this.extra.members };
  }
}
