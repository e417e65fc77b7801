import { prefixLength } from './networks.ts';
import type { Values, VariableName } from './variables.ts';

/** A demand on several variables together. It is looked at when each of them is right by itself. */
export interface Rule {
  readonly about: readonly VariableName[];
  /** Only for verbs that make the interface. */
  readonly ofInterface?: true;
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
    ofInterface: true,
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
];

function missingForWebhook(
  values: Values,
  name: 'BOT_TOKEN' | 'WEBHOOK_URL' | 'WEBHOOK_SECRET',
): string | null {
  if (values.TELEGRAM_MODE !== 'webhook' || values[name] !== null) return null;
  return `${name} is not set; TELEGRAM_MODE=webhook needs it`;
}
