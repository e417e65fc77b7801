import { AppError } from '../../core/errors.ts';

/** Where a PostgreSQL is and who we are to it. A `host` that starts with `/` is a folder of unix sockets. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password?: string;
  /** As in libpq: require encrypts, verify-full also checks the certificate. Default: disable. */
  readonly tls?: 'disable' | 'prefer' | 'require' | 'verify-full';
}

const TLS_MODES = ['disable', 'prefer', 'require', 'verify-full'] as const;

/**
 * Reads a `postgres://` URL; `?sslmode=` and `?host=/socket/folder` are understood as libpq does.
 * Throws AppError `invalid` without repeating the URL, for it holds a password.
 */
export function parseDatabaseUrl(text: string): DatabaseAddress {
  // libpq allows a user before no host at all; URL does not.
  const whole = text.replace(/^(\w+:\/\/[^/@]*@)(?=\/)/, '$1localhost');
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  if (url === undefined || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw new AppError('invalid', 'DATABASE_URL must look like postgres://user:password@host:5432/database');
  }
  const user = decodeURIComponent(url.username) || url.searchParams.get('user') || 'postgres';
  const password = decodeURIComponent(url.password);
  return {
    host: url.searchParams.get('host') ?? decodeURIComponent(url.hostname).replace(/^\[|\]$/g, ''),
    port: Number(url.port || 5432),
    database: decodeURIComponent(url.pathname.slice(1)) || user,
    user,
    ...(password === '' ? {} : { password }),
    tls: tlsMode(url.searchParams.get('sslmode')),
  };
}

function tlsMode(given: string | null): DatabaseAddress['tls'] {
  if (given === null) return 'disable';
  const known = TLS_MODES.find((mode) => mode === given);
  if (known === undefined) throw new AppError('invalid', `sslmode must be one of ${TLS_MODES.join(', ')}`);
  return known;
}

/** For people and logs; never the password. */
export function describeAddress(address: DatabaseAddress): string {
  const { host, port, database, user } = address;
  return `host "${host}", port ${port}, database "${database}", user "${user}"`;
}
