import { describe, expect, test } from 'bun:test';
import { banProblems, bans } from './support/architecture/bans.ts';
import { importProblems } from './support/architecture/import-rules.ts';
import {
  functionSpans,
  lengthProblems,
  MAX_FILE_LINES,
  MAX_FUNCTION_LINES,
  nameProblems,
} from './support/architecture/shape-rules.ts';
import { type SourceFile, sourceFile } from './support/architecture/source-file.ts';

const root = new URL('..', import.meta.url).pathname;
const paths = [...new Bun.Glob('{src,tests,bench}/**/*.{ts,tsx}').scanSync(root)].toSorted();
const files: readonly SourceFile[] = await Promise.all(
  paths.map(async (path) => sourceFile(path, await Bun.file(`${root}${path}`).text())),
);

describe('the source keeps the rules of the house', () => {
  test('there is a source to look at', () => {
    expect(paths).toContain('src/server/main.ts');
    expect(paths).toContain('tests/architecture.test.ts');
  });

  test('each area imports only what it may', () => {
    expect(files.flatMap(importProblems)).toEqual([]);
  });

  test('clock, randomness, processes, fetch, environment and console stay at home', () => {
    expect(files.flatMap(banProblems)).toEqual([]);
  });

  test('files and functions stay short', () => {
    expect(files.flatMap(lengthProblems)).toEqual([]);
  });

  test('names are kebab-case and say something', () => {
    expect(paths.flatMap(nameProblems)).toEqual([]);
  });
});

describe('the import rules bite', () => {
  const refused: readonly (readonly [path: string, code: string])[] = [
    ['src/server/core/a.ts', "import { z } from 'zod';"],
    ['src/server/core/a.ts', "import { join } from 'node:path';"],
    ['src/server/core/a.ts', "import type { Sql } from 'postgres';"],
    ['src/server/core/a.ts', "import { b } from '../services/b.ts';"],
    ['src/server/core/ports/a.ts', "export type { B } from '../../adapters/postgres/b.ts';"],
    ['src/server/services/a.ts', "import { b } from '../adapters/postgres/b.ts';"],
    ['src/server/services/a.ts', "import { sql } from 'drizzle-orm';"],
    ['src/server/services/a.ts', "import { b } from '../entry/bot/b.ts';"],
    ['src/server/adapters/jobs/a.ts', "import { b } from '../postgres/b.ts';"],
    ['src/server/adapters/jobs/a.ts', "import postgres from 'postgres';"],
    ['src/server/adapters/postgres/a.ts', "import { boss } from 'pg-boss';"],
    ['src/server/adapters/wireguard/a.ts', "import { z } from 'zod';"],
    ['src/server/adapters/unlisted/a.ts', "import { z } from 'zod';"],
    ['src/server/adapters/telegram/a.ts', "import { issue } from '../../services/issue-access.ts';"],
    ['src/server/entry/http/a.ts', "import { Bot } from 'grammy';"],
    ['src/server/entry/bot/a.ts', "import { page } from '../../../views/page.tsx';"],
    ['src/server/entry/bot/a.ts', "import { b } from '../http/b.ts';"],
    ['src/server/entry/cli/a.ts', "import { b } from '../../adapters/postgres/b.ts';"],
    ['src/server/entry/schedule/a.ts', "import { Cron } from 'croner';"],
    ['src/server/simulator/a.ts', "import { Bot } from 'grammy';"],
    ['src/server/config.ts', "import { b } from './services/b.ts';"],
    ['src/server/config/a.ts', "import { Command } from 'commander';"],
    ['src/views/page.tsx', "import type { Account } from '../server/core/access.ts';"],
    ['src/views/page.tsx', "import { Elysia } from 'elysia';"],
    ['src/server/core/a.ts', "import { b } from './b';"],
    ['src/server/core/a.ts', "export const load = () => import('zod');"],
    ['src/server/core/a.ts', "import {\n  type A,\n  type B,\n} from 'grammy';"],
  ];
  test.each(refused)('%s: %s', (path, code) => {
    expect(importProblems(sourceFile(path, code))).toHaveLength(1);
  });

  const accepted: readonly (readonly [path: string, code: string])[] = [
    ['src/server/core/a.ts', "import type { B } from './ports/b.ts';"],
    ['src/server/services/a.ts', "import { AppError } from '../core/errors.ts';"],
    ['src/server/adapters/postgres/a.ts', "import { sql } from 'drizzle-orm/postgres-js';"],
    [
      'src/server/adapters/postgres/a.ts',
      "import plan from '../../../../drizzle/0000.sql' with { type: 'text' };",
    ],
    ['src/server/adapters/system/a.ts', "import { dlopen } from 'bun:ffi';"],
    ['src/server/entry/http/a.ts', "import { page } from '../../../views/page.tsx';"],
    ['src/server/app.ts', "import { b } from './adapters/postgres/b.ts';"],
    ['src/views/page.tsx', "import { html } from 'hono/html';"],
    ['src/build/a.ts', "import { b } from '../server/config.ts';"],
  ];
  test.each(accepted)('not at %s: %s', (path, code) => {
    expect(importProblems(sourceFile(path, code))).toEqual([]);
  });
});

describe('the bans bite', () => {
  const somewhere = (what: string) =>
    /test/.test(what) ? 'tests/services/some.test.ts' : 'src/server/services/some.ts';
  const found = (what: string, line: string) =>
    banProblems(sourceFile(somewhere(what), line)).filter((problem) => problem.endsWith(what));

  test.each(bans.flatMap((ban) => ban.samples.map((line) => [ban.what, line])))('%s: %s', (what, line) => {
    expect(found(what, line)).toHaveLength(1);
  });

  test.each(bans.flatMap((ban) => ban.harmless.map((line) => [ban.what, line])))(
    '%s: not %s',
    (what, line) => {
      expect(found(what, line)).toEqual([]);
    },
  );

  test('words in comments and strings are no use of them', () => {
    const text = ['// Date.now() is banned', '/* console.log */', "const a = 'process.env';"].join('\n');
    expect(banProblems(sourceFile('src/server/core/a.ts', text))).toEqual([]);
  });

  test('each word is free at home', () => {
    const at = (path: string, text: string) => banProblems(sourceFile(path, text));
    expect(at('src/server/main.ts', 'process.env;')).toEqual([]);
    expect(at('src/server/adapters/system/clock.ts', 'Date.now(); Math.random();')).toEqual([]);
    expect(at('src/server/adapters/process/run.ts', 'Bun.spawn([]);')).toEqual([]);
    expect(at('src/server/adapters/http-client/request.ts', 'fetch(a);')).toEqual([]);
    expect(at('src/build/pack.ts', 'console.log(process.env.A);')).toEqual([]);
  });
});

describe('the rules of size and name bite', () => {
  const lines = (count: number) => Array.from({ length: count }, (_, index) => `    f(${index});`);

  test('a file too long', () => {
    expect(lengthProblems(sourceFile('src/a.ts', lines(MAX_FILE_LINES).join('\n')))).toEqual([]);
    expect(lengthProblems(sourceFile('src/a.ts', lines(MAX_FILE_LINES + 1).join('\n')))).toHaveLength(1);
  });

  test.each(['function a() {', 'export const a = () => {', 'async function* a<T>(b: T): Promise<void> {'])(
    'a function too long: %s',
    (head) => {
      const text = (count: number) => [head, ...lines(count - 2), '}'].join('\n');
      expect(lengthProblems(sourceFile('src/a.ts', text(MAX_FUNCTION_LINES)))).toEqual([]);
      expect(lengthProblems(sourceFile('src/a.ts', text(MAX_FUNCTION_LINES + 1)))).toHaveLength(1);
    },
  );

  test('a method too long', () => {
    const text = (count: number) =>
      ['const a = {', '  async run(b) {', ...lines(count - 2), '  },', '};'].join('\n');
    expect(lengthProblems(sourceFile('src/a.ts', text(MAX_FUNCTION_LINES)))).toEqual([]);
    expect(lengthProblems(sourceFile('src/a.ts', text(MAX_FUNCTION_LINES + 1)))).toHaveLength(1);
  });

  test('a factory is measured without the functions in it, a condition is no function', () => {
    const inner = ['  function b() {', ...lines(30).map((line) => `  ${line}`), '  }'];
    const condition = ['  if (', '    a', '  ) {', '    b();', '  }'];
    const spans = functionSpans(['function a(', '  b: B,', '): C {', ...inner, ...condition, '}'].join('\n'));
    expect(spans.map((span) => span.length)).toEqual([7, 32]);
  });

  test.each([
    'src/server/utils/a.ts',
    'src/server/core/helpers/a.ts',
    'src/common/a.ts',
    'src/server/coreThings/a.ts',
    'src/server/core/AddressPool.ts',
    'src/server/core/address_pool.ts',
  ])('a bad name: %s', (path) => {
    expect(nameProblems(path)).toHaveLength(1);
  });

  test.each(['src/server/core/address-pool.ts', 'tests/core/address-pool.test.ts', 'src/views/page.tsx'])(
    'a good name: %s',
    (path) => {
      expect(nameProblems(path)).toEqual([]);
    },
  );
});
