import type { Server } from 'bun';
import { chatAssets } from '../../../views/simulator/assets.ts';
import { Frame } from '../../../views/simulator/live.tsx';
import { ChatPage } from '../../../views/simulator/page.tsx';
import type { Clock } from '../../core/ports/clock.ts';
import type { Control } from '../control/control.ts';
import type { World } from '../model/world.ts';
import { createLiveStreams } from './live-streams.ts';
import { initialsOf, livePropsOf, type PageMemory } from './page-model.ts';

/** No script but the page's own files, no style but its one sheet, nothing from elsewhere, in no frame. */
const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': CSP,
  'x-content-type-options': 'nosniff',
  // Not no-referrer: a form would then come with `Origin: null`, like one from elsewhere.
  'referrer-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

export interface ChatRoutes {
  handle(request: Request, path: string, server: Server<undefined>): Response | Promise<Response> | null;
  close(): void;
}

export interface ChatRoutesDeps {
  readonly world: World;
  readonly control: Control;
  readonly clock: Clock;
}

/** The chat page: GET draws, POST acts for the person named by `user`. */
export function createChatRoutes({ world, control, clock }: ChatRoutesDeps): ChatRoutes {
  const memory: PageMemory = { dismissed: new Set(), actions: new Map() };
  const streams = createLiveStreams(clock);
  const nowMs = () => clock.now().getTime();

  const unlisten = world.listen((event) => {
    if (event.kind === 'action') memory.actions.set(event.chatId, { action: event.action, atMs: nowMs() });
    if (event.kind === 'message' && event.message.from.is_bot) memory.actions.delete(event.chatId);
    streams.changed(null);
  });

  const page = (request: Request, error: string | null = null): Response => {
    const query = new URL(request.url).searchParams;
    const userId = Number(query.get('user')) || (latestUser(world) ?? null);
    const props = {
      ...livePropsOf(world, memory, userId, nowMs()),
      botInitials: initialsOf(world.bot.first_name),
      apiRoot: new URL(request.url).origin,
      copyText: copyTextOf(world, userId, query.get('copy')),
      error,
    };
    return new Response(String(ChatPage(props)), { headers: PAGE_HEADERS, status: error ? 400 : 200 });
  };

  const act = async (request: Request, action: string): Promise<Response> => {
    const form = new URLSearchParams(await request.text());
    try {
      const userId = perform(control, world, memory, action, form);
      // htmx gets what changed by the stream; a plain form is sent back to the page.
      if (request.headers.get('hx-request')) return new Response(null, { status: 204 });
      return new Response(null, { status: 303, headers: { location: `/chat?user=${userId}` } });
    } catch (error) {
      return page(request, (error as Error).message.replace(/^simulator: /, ''));
    }
  };

  return {
    handle(request, path, server) {
      if (path === '/') return new Response(null, { status: 303, headers: { location: '/chat' } });
      if (path === '/chat' && request.method === 'GET') return page(request);
      if (path === '/chat/stream') {
        server.timeout(request, 0);
        const userId = Number(new URL(request.url).searchParams.get('user'));
        const draw = () => String(Frame({ live: livePropsOf(world, memory, userId, nowMs()) }));
        return streams.open(userId, draw, request.signal);
      }
      if (path.startsWith('/chat/assets/')) return assetResponse(path.slice('/chat/assets/'.length));
      if (path.startsWith('/chat/files/')) return fileResponse(control, path.slice('/chat/files/'.length));
      if (!path.startsWith('/chat/') || request.method !== 'POST') return null;
      return act(request, path.slice('/chat/'.length));
    },
    close() {
      unlisten();
      streams.close();
    },
  };
}

/** Does what a form asks for; returns the person it was for. Throws with a sentence for the page. */
function perform(
  control: Control,
  world: World,
  memory: PageMemory,
  action: string,
  form: URLSearchParams,
): number {
  if (action === 'people') {
    const firstName = (form.get('name') ?? '').trim();
    if (firstName === '') throw new Error('A person needs a name.');
    return control.createUser({ firstName, languageCode: form.get('language') || undefined }).id;
  }
  const userId = Number(form.get('user'));
  switch (action) {
    case 'say': {
      const text = (form.get('text') ?? '').trim();
      if (text !== '') control.sendText(userId, text);
      return userId;
    }
    case 'press': {
      const place = { row: Number(form.get('row')), column: Number(form.get('column')) };
      control.press(userId, Number(form.get('message')), place);
      return userId;
    }
    case 'block':
      control.setBlocked(userId, form.get('blocked') === 'yes');
      return userId;
    case 'dismiss':
      memory.dismissed.add(world.callbacks.lastOf(userId)?.id ?? '');
      world.emit({ kind: 'profile', chatId: userId });
      return userId;
    default:
      throw new Error(`There is no action "${action}".`);
  }
}

function latestUser(world: World): number | undefined {
  return [...world.chats.list()].sort((a, b) => b.touchedAtMs - a.touchedAtMs)[0]?.user.id;
}

/** The text behind a copy button given as `message.row.column`: the way without JavaScript. */
function copyTextOf(world: World, userId: number | null, place: string | null): string | null {
  if (userId === null || place === null) return null;
  const [messageId, row, column] = place.split('.').map(Number);
  const message = world.chats.find(userId)?.messages.get(messageId ?? 0);
  return message?.reply_markup?.inline_keyboard[row ?? 0]?.[column ?? 0]?.copy_text?.text ?? null;
}

function assetResponse(name: string): Response | null {
  const asset = chatAssets.get(name);
  if (!asset) return null;
  const headers = {
    'content-type': asset.type,
    'cache-control': 'max-age=60',
    'x-content-type-options': 'nosniff',
  };
  return new Response(asset.body, { headers });
}

function fileResponse(control: Control, fileId: string): Response | null {
  const file = control.file(fileId);
  if (!file) return null;
  const headers: Record<string, string> = {
    'content-type': file.kind === 'photo' ? file.mimeType : 'application/octet-stream',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'",
  };
  if (file.kind === 'document') {
    headers['content-disposition'] = `attachment; filename*=UTF-8''${encodeURIComponent(file.fileName)}`;
  }
  return new Response(file.bytes, { headers });
}
