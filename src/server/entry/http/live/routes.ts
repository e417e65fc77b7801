import { readCookies } from '../cookies.ts';
import { type Route, sessionOf } from '../routes.ts';
import { languageOf } from '../shell.ts';
import type { LiveHub, StreamSource } from './live-hub.ts';

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // nginx would keep the frames until its buffer is full.
  'x-accel-buffering': 'no',
};

/**
 * `/live?panels=a,b`: the panels of one page, as they change. Whoever comes again with a Last-Event-ID gets everything
 * anew, as everybody does at the start: a frame is a full picture of its panel.
 */
export function liveRoutes(hub: LiveHub): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/live',
      role: 'viewer',
      kind: 'stream',
      fromMemory: true,
      async handle(context) {
        if (context.request.method === 'HEAD') return new Response(null, { headers: HEADERS });
        const panels = (context.query.get('panels') ?? '').split(/[ ,]/);
        const session = sessionOf(context).id;
        const { headers } = context.request;
        const language = languageOf(readCookies(headers), headers);
        const source = hub.open({ session, panels, language });
        return source ? new Response(directStream(source), { headers: HEADERS }) : tooMany();
      },
    },
  ];
}

/** `direct` is a kind of source that Bun alone knows; the types of the web platform do not. */
function directStream(source: StreamSource): ReadableStream<Uint8Array> {
  return new ReadableStream({ type: 'direct', ...source } as unknown as UnderlyingDefaultSource<Uint8Array>);
}

function tooMany(): Response {
  return new Response('too many pages are open; this one is not updated by itself\n', {
    status: 503,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '10' },
  });
}
