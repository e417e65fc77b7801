import { describe, expect, test } from 'bun:test';
import { describeAddress, parseDatabaseUrl } from '../../../../src/server/adapters/postgres/address.ts';
import { AppError } from '../../../../src/server/core/errors.ts';

describe('DATABASE_URL', () => {
  test('is read with everything it may hold', () => {
    expect(parseDatabaseUrl('postgres://an%40n:p%2Fw@db.example:6000/shop?sslmode=require')).toEqual({
      host: 'db.example',
      port: 6000,
      database: 'shop',
      user: 'an@n',
      password: 'p/w',
      tls: 'require',
    });
  });

  test('has the usual defaults, knows sockets and IPv6', () => {
    const plain = { port: 5432, database: 'ann', user: 'ann', tls: 'disable' } as const;
    expect(parseDatabaseUrl('postgresql://ann@localhost')).toEqual({ ...plain, host: 'localhost' });
    expect(parseDatabaseUrl('postgres://ann@/ann?host=/run/postgresql')).toEqual({
      ...plain,
      host: '/run/postgresql',
    });
    expect(parseDatabaseUrl('postgres://ann@[::1]/ann')).toEqual({ ...plain, host: '::1' });
  });

  test.each(['', 'mysql://a:hunter2@b/c', 'a:hunter2@b', 'postgres://a:hunter2@b/c?sslmode=maybe'])(
    'refuses %p without repeating it',
    (text) => {
      const parse = () => parseDatabaseUrl(text);
      expect(parse).toThrow(AppError);
      expect(parse).not.toThrow(/hunter2/);
    },
  );

  test('is described without its password', () => {
    const said = describeAddress(parseDatabaseUrl('postgres://ann:hunter2@db:1/shop'));
    expect(said).toBe('host "db", port 1, database "shop", user "ann"');
  });
});
