/** A browser as far as a login is concerned: keeps cookies, sends where a form came from, follows nothing by itself. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  readonly location: string | null;
}

export interface VisitorOptions {
  readonly base: string;
  /** On every request, e.g. `x-forwarded-for`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly send?: (url: string, init: RequestInit) => Promise<Response>;
}

export interface TestVisitor {
  readonly cookies: Map<string, string>;
  /** Every set-cookie line it got. */
  readonly setCookies: string[];
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  /** A form of the page it saw last, with that page's token unless `fields` has one. */
  post(
    path: string,
    fields?: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Reply>;
  /** Like `post`, after a look at the page of the same (or the given) address. */
  submit(path: string, fields: Readonly<Record<string, string>>, page?: string): Promise<Reply>;
  token(): string;
}

export function createVisitor({ base, headers: always = {}, send = fetch }: VisitorOptions): TestVisitor {
  const cookies = new Map<string, string>();
  const setCookies: string[] = [];
  let token = '';

  function keep(line: string): void {
    setCookies.push(line);
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
    if (/max-age=0\b/i.test(line)) cookies.delete(name!);
    else cookies.set(name!, value!);
  }

  async function ask(path: string, init: RequestInit): Promise<Reply> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...always, ...(cookie === '' ? {} : { cookie }), ...(init.headers as object) };
    const answer = await send(base + path, { ...init, headers, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) keep(line);
    const body = await answer.text();
    token = /name="csrf" value="([^"]+)"/.exec(body)?.[1] ?? token;
    return { status: answer.status, headers: answer.headers, body, location: answer.headers.get('location') };
  }

  const post: TestVisitor['post'] = (path, fields = {}, headers = {}) =>
    ask(path, {
      method: 'POST',
      body: new URLSearchParams({ csrf: token, ...fields }),
      headers: { origin: base, 'sec-fetch-site': 'same-origin', ...headers },
    });

  return {
    cookies,
    setCookies,
    get: (path, headers = {}) => ask(path, { headers: { 'sec-fetch-site': 'none', ...headers } }),
    post,
    async submit(path, fields, page = path) {
      await ask(page, {});
      return post(path, fields);
    },
    token: () => token,
  };
}
