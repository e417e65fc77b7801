import { areaOf } from './import-rules.ts';
import type { SourceFile } from './source-file.ts';

/** Words that belong to one place only. Each carries a sample that breaks it, so that the ban itself is tested. */
export interface Ban {
  readonly what: string;
  readonly pattern: RegExp;
  /** True where the words are at home. */
  readonly home: (path: string) => boolean;
  /** Lines that must each be found. */
  readonly samples: readonly string[];
  /** Lines that must not. */
  readonly harmless: readonly string[];
}

const inArea = (area: string) => (path: string) => areaOf(path) === area;
const isServer = (path: string) => path.startsWith('src/server/') || path.startsWith('src/views/');
const isTest = (path: string) => path.startsWith('tests/');
const nowhere = () => false;
/** Where something may turn by itself: each is watched by somebody, or ends. */
const TURNING: readonly string[] = [
  'src/server/core/supervised-loop.ts',
  // The heartbeat: the watchdog sees it stop.
  'src/server/adapters/system/loop-freezes.ts',
  // Moves a window on; without it the figures are those of a longer one.
  'src/server/adapters/system/loop-lag.ts',
  // Pages through what an earlier run left behind, as one turn of the loop bot:replay.
  'src/server/entry/bot/intake.ts',
];
const inServerOutside = (area: string) => (path: string) => !isServer(path) || inArea(area)(path);

export const bans: readonly Ban[] = [
  {
    what: 'the environment, outside main.ts',
    pattern: /\bprocess\.env\b|\bBun\.env\b|\bimport\.meta\.env\b/,
    home: (path) => !isServer(path) || path === 'src/server/main.ts',
    samples: ['const port = process.env.PORT;', 'Bun.env.PORT', 'import.meta.env.MODE'],
    harmless: ['child({ env: {} })', '// process.env is read in main'],
  },
  {
    what: 'the clock and timers, outside adapters/system (use the Clock port)',
    pattern:
      /\bDate\.now\b|\bnew Date\(\s*\)|(?<![.\w])set(Timeout|Interval|Immediate)\b|\bperformance\.now\b|\bBun\.(sleep|sleepSync|nanoseconds)\b|\bAbortSignal\.timeout\b|\bprocess\.hrtime\b/,
    home: inServerOutside('adapters/system'),
    samples: ['Date.now()', 'new Date()', 'setTimeout(f, 1)', 'await Bun.sleep(1)', 'AbortSignal.timeout(5)'],
    harmless: ['new Date(row.created_at)', 'clock.now()', 'socket.setTimeout(0)'],
  },
  {
    what: 'a loop that turns in the background, outside core/supervised-loop.ts',
    pattern: /\bwhile\s*\(\s*!\s*[\w.!]*\baborted\b|(?<![.\w])setInterval\b/,
    home: (path) => !isServer(path) || path.startsWith('src/server/simulator/') || TURNING.includes(path),
    samples: [
      'while (!signal.aborted) { f(); }',
      'while (!deps.signal.aborted) f();',
      'setInterval(beat, 20)',
    ],
    harmless: ['if (!signal.aborted) return;', 'for (;;) f();', 'clearInterval(timer)'],
  },
  {
    what: 'randomness, outside adapters/system (use the Random port)',
    pattern: /\bMath\.random\b|\bcrypto\.(random|getRandom)|\brandom(UUID|UUIDv7|Bytes|Int|FillSync)\(/,
    home: inServerOutside('adapters/system'),
    samples: ['Math.random()', 'crypto.randomUUID()', 'randomBytes(32)', 'Bun.randomUUIDv7()'],
    harmless: ['random.bytes(32)', 'random.uuid()'],
  },
  {
    what: 'starting processes, outside adapters/process (use the ProcessRunner port)',
    pattern: /\bBun\.(spawn|spawnSync|\$)|\bspawn(Sync)?\(|\bexecFile(Sync)?\(|\bBun\.\$/,
    home: inServerOutside('adapters/process'),
    samples: ["Bun.spawn(['wg'])", "spawnSync('wg')", 'await Bun.$`wg`'],
    harmless: ['runner.run({ argv })', 'processes.start({ argv })'],
  },
  {
    what: 'fetch, outside adapters/http-client (use the HttpRequester port)',
    // Not the method of a server, `fetch(request) {…}`, nor a property of something.
    pattern:
      /(?<![.\w])fetch\s*\((?![^()]*\)\s*(?::[^={]*)?\{)|\b(globalThis|Bun)\.fetch\b|[=(,]\s*fetch\b(?!\s*[(:])/,
    home: inServerOutside('adapters/http-client'),
    samples: ["await fetch('https://a')", 'globalThis.fetch', 'const send = fetch;'],
    harmless: [
      'serve({ fetch(request) { return a; } })',
      'app.fetch(request)',
      'prefetch()',
      '{ fetch: handler }',
    ],
  },
  {
    what: 'console, outside the log adapter',
    pattern: /\bconsole\./,
    home: inServerOutside('adapters/log'),
    samples: ["console.log('x')"],
    harmless: ['theconsole.log()'],
  },
  {
    what: 'default exports and barrels',
    pattern: /\bexport\s+default\b|\bexport\s+\*/,
    // The type of an embedded file is that of its default export.
    home: (path) => path.endsWith('.d.ts'),
    samples: ['export default function () {}', "export * from './a.ts';"],
    harmless: ['export const a = 1;', 'const fallback = options.default;'],
  },
  {
    what: 'tests left out',
    pattern: /\b(test|it|describe)(\.\w+)*\.(only|skip|todo|skipIf|todoIf|if)\b/,
    home: nowhere,
    samples: ["test.skip('a', f)", "describe.only('a', f)", "test.todo('a')", "test.skipIf(x)('a', f)"],
    harmless: ["test.each([1])('a', f)", "test('only', f)"],
  },
  {
    what: 'sleeping in a test (use eventually)',
    pattern: /\bBun\.sleep(Sync)?\b|(?<![.\w])setTimeout\b|\btimers\/promises/,
    home: (path) => !isTest(path) || path.startsWith('tests/support/'),
    samples: ['await Bun.sleep(100)', 'setTimeout(resolve, 100)'],
    harmless: ['await eventually(look)', 'clock.sleep(5)'],
  },
];

export function banProblems(file: SourceFile): readonly string[] {
  return bans
    .filter((ban) => !ban.home(file.path))
    .flatMap((ban) => {
      const line = file.code.split('\n').findIndex((each) => ban.pattern.test(each));
      return line < 0 ? [] : [`${file.path}:${line + 1}: ${ban.what}`];
    });
}
