import type { Cidr } from '../../core/cidr.ts';
import { isPassing } from '../../core/errors.ts';
import type { Log } from '../../core/ports/log.ts';
import type { ServeSubscription, SubscriptionAnswer } from '../../services/serve-subscription.ts';
import { originOf } from './client-address.ts';
import { secured } from './headers.ts';

/** `GET /s/<token>`: what VLESS clients fetch. The address is a secret: it is in no log and no error. */
export interface SubscriptionEntry {
  answer(request: Request, token: string, peer: string | undefined): Promise<Response>;
}

export interface SubscriptionEntryDeps {
  readonly serve: ServeSubscription;
  /** As clients show it: the name of the place they dial. */
  readonly title: string;
  readonly trustedProxies: readonly Cidr[];
  readonly log: Log;
}

const UPDATE_EVERY_HOURS = 12;

export function createSubscriptionEntry(deps: SubscriptionEntryDeps): SubscriptionEntry {
  return {
    async answer(request, token, peer) {
      const { address } = originOf(request.headers, peer, deps.trustedProxies);
      try {
        return render(await deps.serve({ token, address }, request.signal), deps.title);
      } catch (error) {
        // Who has left reads nothing; and anybody may leave as often as he likes.
        const nobodysFault = request.signal.aborted || isPassing(error);
        if (nobodysFault) return plain('try again in a minute\n', 503, { 'retry-after': '60' });
        deps.log.error({ error }, 'a subscription could not be served');
        return plain('internal error\n', 500);
      }
    },
  };
}

function render(answer: SubscriptionAnswer, title: string): Response {
  switch (answer.kind) {
    case 'unknown':
      return plain('not found\n', 404);
    case 'slow-down':
      return plain('too many requests\n', 429, { 'retry-after': '60' });
    case 'found':
      return plain(base64(answer.links.join('\n')), 200, headersOf(answer, title));
  }
}

/** What clients read beside the links: https://github.com/2dust/v2rayN and Hiddify know these by these names. */
function headersOf({ content }: Extract<SubscriptionAnswer, { kind: 'found' }>, title: string) {
  const { uploadedBytes, downloadedBytes, limit, until } = content;
  // What counts against a limit is counted in both directions together.
  const used = limit === null ? [uploadedBytes, downloadedBytes] : [0, limit.usedBytes];
  const info = [
    `upload=${used[0]}`,
    `download=${used[1]}`,
    `total=${limit?.bytes ?? 0}`,
    ...(until === null ? [] : [`expire=${Math.floor(until.getTime() / 1000)}`]),
  ];
  return {
    'subscription-userinfo': info.join('; '),
    'profile-update-interval': String(UPDATE_EVERY_HOURS),
    'profile-title': `base64:${base64(title)}`,
    'content-disposition': `attachment; filename="${title.replaceAll(/[^A-Za-z0-9.-]/g, '_')}.txt"`,
  };
}

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

function plain(text: string, status: number, headers: Readonly<Record<string, string>> = {}): Response {
  const type = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
  return secured(new Response(text, { status, headers: { ...type, ...headers } }));
}
