/** The one door to other HTTP servers. */
export interface HttpRequest {
  /** Label for metrics and breaker, e.g. `telegram.sendMessage`. One breaker per name. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | FormData;
  /** Connect, headers and body together, over all tries and the pauses between them. */
  readonly timeoutMs: number;
  /**
   * From the headers of an answer to the last byte of its body, for each try: who has said 200 has thought already.
   * Absent: as long as is left of `timeoutMs`.
   */
  readonly bodyWithinMs?: number;
  readonly signal?: AbortSignal;
  /** Cap for the answer's body. Default 1 MiB. */
  readonly maxResponseBytes?: number;
  /** Retries after the first try, with exponential backoff and jitter. Only where repeating is safe. Default 0. */
  readonly retries?: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
}

export interface HttpRequester {
  /**
   * The whole answer, whatever its status. Throws AppError: `timeout`, `unavailable` (no connection, reset,
   * breaker open, called off by `signal`), `exhausted` (body over the cap), `invalid` (no address). A 5xx answer is
   * returned, and counts against the breaker. Redirects are answers: they are not followed.
   */
  request(request: HttpRequest): Promise<HttpAnswer>;
}
