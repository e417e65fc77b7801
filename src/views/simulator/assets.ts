import sse from 'htmx.org/dist/ext/hx-sse.min.js' with { type: 'text' };
import htmx from 'htmx.org/dist/htmx.min.js' with { type: 'text' };
import css from './chat.css' with { type: 'text' };
import client from './chat-client.js' with { type: 'text' };
import icon from './icon.svg' with { type: 'text' };

const SCRIPT = 'text/javascript; charset=utf-8';

/** The page's own files by name; in a compiled binary they are part of it. */
export const chatAssets: ReadonlyMap<string, { readonly body: string; readonly type: string }> = new Map([
  ['chat.css', { body: css, type: 'text/css; charset=utf-8' }],
  ['chat-client.js', { body: client, type: SCRIPT }],
  ['htmx.js', { body: htmx, type: SCRIPT }],
  ['sse.js', { body: sse, type: SCRIPT }],
  ['icon.svg', { body: icon, type: 'image/svg+xml' }],
]);
