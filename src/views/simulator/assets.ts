import sse from 'htmx.org/dist/ext/hx-sse.min.js' with { type: 'text' };
import htmx from 'htmx.org/dist/htmx.min.js' with { type: 'text' };
import css from '../../../views/simulator/chat.css' with { type: 'text' };
import client from '../../../views/simulator/chat-client.js' with { type: 'text' };
import icon from '../../../views/simulator/icon.svg' with { type: 'text' };

const SCRIPT = 'text/javascript; charset=utf-8';

const ASSETS: ReadonlyMap<string, { readonly body: string; readonly type: string }> = new Map([
  ['chat.css', { body: css, type: 'text/css; charset=utf-8' }],
  ['chat-client.js', { body: client, type: SCRIPT }],
  ['htmx.js', { body: htmx, type: SCRIPT }],
  ['sse.js', { body: sse, type: SCRIPT }],
  ['icon.svg', { body: icon, type: 'image/svg+xml' }],
]);

/** One of the page's own files; null when there is none of that name. */
export function assetResponse(name: string): Response | null {
  const asset = ASSETS.get(name);
  if (!asset) return null;
  // Short: the page is a developer's tool, whose files change under it.
  const headers = {
    'content-type': asset.type,
    'cache-control': 'max-age=60',
    'x-content-type-options': 'nosniff',
  };
  return new Response(asset.body, { headers });
}
