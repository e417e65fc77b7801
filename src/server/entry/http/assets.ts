import { gzipSync } from 'node:zlib';
import { type Asset, dashboardAssets } from '../../../views/assets/assets.ts';
import { paths } from '../../../views/dashboard/paths.ts';
import { AppError } from '../../core/errors.ts';
import type { Route, RouteContext } from './routes.ts';

/** An address with the version in it never changes its meaning. */
const FOR_EVER = 'public, max-age=31536000, immutable';
const ASK_AGAIN = 'no-cache';

/** The dashboard's own files, out of the binary: for everybody, whatever the database does. */
export function assetRoutes(): readonly Route[] {
  const packed = new Map<string, Uint8Array<ArrayBuffer>>();

  function gzipped(name: string, asset: Asset): Uint8Array<ArrayBuffer> {
    const known = packed.get(name) ?? new Uint8Array(gzipSync(asset.body, { level: 9 }));
    packed.set(name, known);
    return known;
  }

  async function handle({ request, params, query }: RouteContext): Promise<Response> {
    const name = params.name ?? '';
    const asset = dashboardAssets.get(name);
    if (asset === undefined) throw new AppError('not_found', 'There is no such file.');
    const etag = `"${asset.version}"`;
    const headers: Record<string, string> = {
      etag,
      'cache-control': query.get('v') === asset.version ? FOR_EVER : ASK_AGAIN,
      vary: 'accept-encoding',
    };
    if (request.headers.get('if-none-match')?.includes(etag)) {
      return new Response(null, { status: 304, headers });
    }
    headers['content-type'] = asset.type;
    if (!/\bgzip\b/.test(request.headers.get('accept-encoding') ?? ''))
      return new Response(asset.body, { headers });
    headers['content-encoding'] = 'gzip';
    return new Response(gzipped(name, asset), { headers });
  }

  return [
    { method: 'GET', path: paths.asset(':name').replace('%3A', ':'), role: 'nobody', kind: 'asset', handle },
  ];
}
