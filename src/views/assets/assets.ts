import sse from 'htmx.org/dist/ext/hx-sse.min.js' with { type: 'text' };
import htmx from 'htmx.org/dist/htmx.min.js' with { type: 'text' };
import uplot from 'uplot/dist/uPlot.iife.min.js' with { type: 'text' };
import uplotCss from 'uplot/dist/uPlot.min.css' with { type: 'text' };
import css from './dashboard.css' with { type: 'text' };
import client from './dashboard.js' with { type: 'text' };
import chart from './history.js' with { type: 'text' };
import icon from './icon.svg' with { type: 'text' };

const SCRIPT = 'text/javascript; charset=utf-8';
const STYLE = 'text/css; charset=utf-8';

export interface Asset {
  readonly body: string;
  readonly type: string;
  /** Changes with the body: an address that carries it may be kept for ever. */
  readonly version: string;
}

/** The dashboard's files by name, part of the compiled binary. The order inside a script matters. */
export const dashboardAssets: ReadonlyMap<string, Asset> = new Map(
  [
    ['dashboard.css', STYLE, css],
    ['dashboard.js', SCRIPT, [withoutMap(htmx), withoutMap(sse), client].join('\n')],
    ['history.js', SCRIPT, [withoutMap(uplot), chart].join('\n')],
    ['uplot.css', STYLE, uplotCss],
    ['icon.svg', 'image/svg+xml', icon],
  ].map(([name, type, body]) => [name!, { body: body!, type: type!, version: fingerprint(body!) }]),
);

/** Where a page finds a file; the version in it makes an old copy impossible. */
export function assetUrl(name: string): string {
  return `/assets/${name}?v=${dashboardAssets.get(name)!.version}`;
}

/** Without the pointer to a source map, which is not served. */
function withoutMap(script: string): string {
  return script.replace(/\n?\/\/# sourceMappingURL=\S+\s*$/, '');
}

/** FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/), twice with different seeds; tells versions apart, nothing more. */
function fingerprint(text: string): string {
  let [a, b] = [0x811c9dc5, 0x01000193];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x811c9dc5);
  }
  return (a >>> 0).toString(36) + (b >>> 0).toString(36);
}
