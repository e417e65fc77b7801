/** Serves every story of the dashboard: canned data, no database. Used by hand, by the screenshots and by tests. */
import type { Server } from 'bun';
import { createWords } from '../server/adapters/words/words.ts';
import { dashboardAssets } from '../views/assets/assets.ts';
import type { Overview } from '../views/dashboard/models/overview.ts';
import type { Language, Shell, Theme } from '../views/dashboard/models.ts';
import { PANEL_NAMES, type PanelName, panelFrame } from '../views/dashboard/overview/live.tsx';
import { NOW } from '../views/storybook/moments.ts';
import { calm, troubled } from '../views/storybook/overview-data.ts';
import { type Story, stories } from '../views/storybook/stories.ts';
import { DASHBOARD_TEXTS } from '../views/words/dashboard-texts.ts';

export interface Storybook {
  readonly url: string;
  /** Sends the overview with other numbers to every open page; `well` clears the attention list. */
  tick(well?: boolean): void;
  /** Ends every stream, as a server that stops does. */
  hangUp(): void;
  stop(): void;
}

/** The policy of the real server: no inline script or style, nothing from elsewhere. */
export const STRICT_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** The others show data of their own, which the stream would replace. */
const LIVE_STORIES: readonly string[] = ['overview', 'overview-viewer'];
/** A list of which only the badge is live. */
const WATCHED_STORIES: readonly string[] = ['jobs'];

const words = createWords(DASHBOARD_TEXTS);
type Stream = ReadableStreamDefaultController<string>;

interface Watching {
  readonly language: Language;
  readonly panels: readonly PanelName[];
}

/** `tickMs`: how often the open pages get other numbers; 0: only when `tick` is called. */
export function startStorybook(options: { readonly port: number; readonly tickMs: number }): Storybook {
  const streams = new Map<Stream, Watching>();
  let ticks = 0;
  const server: Server<undefined> = Bun.serve({
    port: options.port,
    hostname: '127.0.0.1',
    fetch: (request) => answer(request, server, streams),
  });
  const tick = (well = false) => {
    ticks += 1;
    for (const [stream, watching] of streams) stream.enqueue(frame(ticks, watching, well));
  };
  const timer = options.tickMs > 0 ? setInterval(tick, options.tickMs, false) : null;
  const hangUp = () => {
    for (const stream of streams.keys()) stream.close();
    streams.clear();
  };
  return {
    url: `http://127.0.0.1:${server.port}`,
    tick,
    hangUp,
    stop() {
      if (timer) clearInterval(timer);
      hangUp();
      void server.stop(true);
    },
  };
}

async function answer(request: Request, server: Server<undefined>, streams: Map<Stream, Watching>) {
  const url = new URL(request.url);
  if (url.pathname === '/live') {
    server.timeout(request, 0);
    const asked = url.searchParams.get('panels')?.split(' ');
    const panels = PANEL_NAMES.filter((name) => asked?.includes(name) ?? true);
    return openStream(request, { language: languageOf(url), panels }, streams);
  }
  if (url.pathname.startsWith('/assets/')) return assetAnswer(url.pathname.slice('/assets/'.length));
  if (request.method === 'POST') return sendBack(await request.formData());
  if (url.pathname === '/storybook') return page(index());
  const name = url.pathname.startsWith('/story/') ? url.pathname.slice('/story/'.length) : null;
  const story = stories.find((each) => (name === null ? each.path === url.pathname : each.name === name));
  if (!story) return page('No such story. See /storybook.', 404);
  return page(renderStory(story, languageOf(url), themeOf(url)));
}

function liveOf({ name }: Story, language: Language): string | null {
  if (LIVE_STORIES.includes(name)) return `/live?lang=${language}`;
  return WATCHED_STORIES.includes(name) ? `/live?lang=${language}&panels=badge` : null;
}

/** What the page of a story is, as text. */
export function renderStory(story: Story, language: Language, theme: Theme): string {
  const shell: Shell = {
    language,
    theme,
    path: story.path,
    t: (key, values) => words.say(language, key, values),
    now: NOW,
    operator: story.role === null ? null : { name: 'olga', role: story.role },
    csrf: 'token-of-the-session',
    attention: story.role === null ? null : troubled.attention.length,
    notice: story.notice ?? null,
    live: liveOf(story, language),
    version: '0.1.0',
  };
  return String(story.draw(shell));
}

function frame(ticks: number, { language, panels }: Watching, well: boolean): string {
  const setting = {
    language,
    t: (key: string, values?: Readonly<Record<string, string | number>>) => words.say(language, key, values),
    now: NOW + ticks * 1_000,
  };
  const data: Overview = { ...(well ? calm : troubled) };
  const moved: Overview = {
    ...data,
    headline: { ...data.headline, updatesPerMinute: 126 + ticks, jobsWaiting: 17 + (ticks % 5) },
    jobs: data.jobs && { ...data.jobs, stuckTotal: data.jobs.stuckTotal + ticks },
    database: data.database && { ...data.database, inUse: 1 + (ticks % 9) },
  };
  return `data: ${panels.map((name) => panelFrame(name, setting, moved)).join('')}\n\n`;
}

function openStream(request: Request, watching: Watching, streams: Map<Stream, Watching>): Response {
  let own: Stream | null = null;
  const body = new ReadableStream<string>({
    start(stream) {
      own = stream;
      streams.set(stream, watching);
      stream.enqueue(frame(0, watching, false));
    },
    cancel: () => void (own && streams.delete(own)),
  });
  request.signal.addEventListener('abort', () => own && streams.delete(own));
  return new Response(body, {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
  });
}

function assetAnswer(name: string): Response {
  const asset = dashboardAssets.get(name);
  if (!asset) return page('No such file.', 404);
  return new Response(asset.body, {
    headers: { 'content-type': asset.type, 'x-content-type-options': 'nosniff' },
  });
}

/** Every action comes back to its page. */
function sendBack(form: FormData): Response {
  const back = String(form.get('back') ?? '/');
  return new Response(null, { status: 303, headers: { location: back.startsWith('/') ? back : '/' } });
}

function page(html: string, status = 200): Response {
  return new Response(html, {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': STRICT_CSP },
  });
}

const languageOf = (url: URL): Language => (url.searchParams.get('lang') === 'ru' ? 'ru' : 'en');

function themeOf(url: URL): Theme {
  const theme = url.searchParams.get('theme');
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}

function index(): string {
  const links = stories.map(
    ({ name }) =>
      `<li><a href="/story/${name}">${name}</a> <a href="/story/${name}?lang=ru">ru</a> ` +
      `<a href="/story/${name}?theme=light">light</a> <a href="/story/${name}?theme=dark">dark</a></li>`,
  );
  return `<!doctype html><html lang="en"><title>Stories</title><h1>Stories</h1><ul>${links.join('')}</ul></html>`;
}
