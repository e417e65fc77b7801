import { AppError } from '../core/errors.ts';
import { SHORTEST_KEY } from '../core/user-api.ts';
import { parseVlessTemplate } from '../core/vless-link.ts';
import { prefixLength } from './networks.ts';
import type { Values, VariableName } from './variables.ts';

/** A demand on several variables together. It is looked at when each of them is right by itself. */
export interface Rule {
  readonly about: readonly VariableName[];
  /** Only for verbs that make the interface, or for `adit xray-api`. Default: for all. */
  readonly of?: 'interface' | 'xray-api';
  /** The problem in one sentence, or null. */
  problem(values: Values): string | null;
}

export const rules: readonly Rule[] = [
  {
    about: ['DB_POOL_MIN', 'DB_POOL_MAX'],
    problem: ({ DB_POOL_MIN: min, DB_POOL_MAX: max }) =>
      min <= max ? null : `DB_POOL_MIN is ${min}; it must not be above DB_POOL_MAX, which is ${max}`,
  },
  {
    about: ['TELEGRAM_MODE', 'BOT_TOKEN'],
    problem: (values) => missingForWebhook(values, 'BOT_TOKEN'),
  },
  {
    about: ['TELEGRAM_MODE', 'WEBHOOK_URL'],
    problem: (values) => missingForWebhook(values, 'WEBHOOK_URL'),
  },
  {
    about: ['TELEGRAM_MODE', 'WEBHOOK_URL'],
    // At "/" the dashboard stands.
    problem: ({ TELEGRAM_MODE: mode, WEBHOOK_URL: url }) =>
      mode !== 'webhook' || url === null || new URL(url).pathname !== '/'
        ? null
        : `WEBHOOK_URL is ${url}; it needs a path, such as ${new URL('/telegram/hook', url)}`,
  },
  {
    about: ['TELEGRAM_MODE', 'WEBHOOK_SECRET'],
    problem: (values) => missingForWebhook(values, 'WEBHOOK_SECRET'),
  },
  {
    about: ['WG_BACKEND', 'WG_ENDPOINT'],
    of: 'interface',
    problem: ({ WG_BACKEND: backend, WG_ENDPOINT: endpoint }) =>
      endpoint !== null || backend === 'memory'
        ? null
        : 'WG_ENDPOINT is not set; clients need the host:port they dial, such as vpn.example.com:51820 ' +
          '(WG_BACKEND=memory does without an interface)',
  },
  {
    about: ['WG_POOL', 'WG_POOL_V6'],
    problem: ({ WG_POOL: pool4, WG_POOL_V6: pool6 }) =>
      pool6 === null || 128 - prefixLength(pool6) >= 32 - prefixLength(pool4)
        ? null
        : `WG_POOL_V6 is ${pool6}; it has fewer addresses than WG_POOL, which is ${pool4}`,
  },
  {
    about: ['VLESS_LINK', 'XRAY_GRPC_ADDRESS', 'XRAY_API_URL'],
    problem: ({ VLESS_LINK: link, XRAY_GRPC_ADDRESS: grpc, XRAY_API_URL: url }) => {
      if (link === null) return null;
      const wrong = wrongLink(link);
      if (wrong !== null || grpc !== null || url !== null) return wrong;
      return 'VLESS_LINK is set, and nothing says where its Xray is: set XRAY_GRPC_ADDRESS or XRAY_API_URL';
    },
  },
  {
    about: ['XRAY_GRPC_ADDRESS'],
    of: 'xray-api',
    problem: ({ XRAY_GRPC_ADDRESS: address }) =>
      address !== null
        ? null
        : 'XRAY_GRPC_ADDRESS is not set; adit xray-api needs the API inbound of its Xray, such as 127.0.0.1:10085',
  },
  {
    about: ['XRAY_API_KEY'],
    of: 'xray-api',
    problem: ({ XRAY_API_KEY: key }) => {
      if (key === null) return 'XRAY_API_KEY is not set; adit xray-api lets nobody in without it';
      if (/^[!-~]+$/.test(key.reveal()) && key.reveal().length >= SHORTEST_KEY) return null;
      return `XRAY_API_KEY must have at least ${SHORTEST_KEY} characters without spaces; openssl rand -hex 32 makes one`;
    },
  },
];

function wrongLink(link: string): string | null {
  try {
    parseVlessTemplate(link);
    return null;
  } catch (error) {
    if (error instanceof AppError) return `VLESS_LINK cannot be used: ${error.message}`;
    throw error;
  }
}

function missingForWebhook(
  values: Values,
  name: 'BOT_TOKEN' | 'WEBHOOK_URL' | 'WEBHOOK_SECRET',
): string | null {
  if (values.TELEGRAM_MODE !== 'webhook' || values[name] !== null) return null;
  return `${name} is not set; TELEGRAM_MODE=webhook needs it`;
}
