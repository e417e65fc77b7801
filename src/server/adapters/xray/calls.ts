import type { CallRule } from '../../core/call-rules.ts';

const deadline = { setting: 'XRAY_API_TIMEOUT_MS', plusMs: 0 } as const;

/** Repeating is safe for all of them: each says how things shall be, or only asks. */
const METHODS = [
  ['xray.AlterInbound', 'grpc', 0, 'the Xray of this machine to take or drop one user'],
  ['xray.GetInboundUsers', 'grpc', 0, 'the Xray of this machine who its users are'],
  ['xray.QueryStats', 'grpc', 0, 'the Xray of this machine what each user has sent and received'],
  ['xray.GetSysStats', 'grpc', 0, 'the Xray of this machine since when it runs'],
  ['xray_api.list', 'http', 2, 'the user API of another machine who its users are, a page'],
  ['xray_api.put', 'http', 2, 'the user API of another machine to have these users, 1,000 at most'],
  ['xray_api.remove', 'http', 2, 'the user API of another machine to drop these users, 1,000 at most'],
  [
    'xray_api.traffic',
    'http',
    2,
    'the user API of another machine what each user has sent and received, a page',
  ],
] as const;

export type XrayCall = (typeof METHODS)[number][0];

export const XRAY_CALLS: readonly CallRule[] = METHODS.map(([name, door, retries, asks]) => ({
  name,
  door,
  asks,
  deadline,
  retries,
}));
