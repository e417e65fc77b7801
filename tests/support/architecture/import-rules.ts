import { importTarget, packageOf, type SourceFile } from './source-file.ts';

/** What the files of an area may import; `itself` is always allowed. */
interface Allowance {
  /** Areas, by name or by their part before the slash: `adapters` means all adapters. */
  readonly areas: readonly string[];
  readonly packages: readonly string[];
  /** `node:` and `bun:` modules. */
  readonly builtins: boolean;
}

/** One technology a folder; what an adapter needs from another one is injected as a core port. */
const ADAPTER_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  postgres: ['postgres', 'drizzle-orm'],
  telegram: ['grammy'],
  jobs: ['pg-boss'],
  log: ['pino', 'pino-pretty'],
  metrics: ['prom-client'],
  resilience: ['cockatiel'],
  qr: ['uqr'],
  credentials: [],
  words: ['@fluent/bundle'],
  'http-client': [],
  process: [],
  system: [],
  wireguard: [],
  xray: ['@grpc/grpc-js', 'protobufjs'],
};

const ENTRY_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  http: ['elysia'],
  bot: ['grammy'],
  cli: ['commander'],
  schedule: [],
  work: [],
};

const PLAIN_AREAS: Readonly<Record<string, Allowance>> = {
  core: { areas: [], packages: [], builtins: false },
  services: { areas: ['core'], packages: [], builtins: false },
  config: { areas: ['core'], packages: ['zod'], builtins: true },
  simulator: { areas: ['core', 'views'], packages: ['zod', 'elysia', 'hono'], builtins: true },
  views: { areas: [], packages: ['hono', 'htmx.org', 'uplot'], builtins: false },
};

/** Null: this file may import everything (main, app, build tooling) or is not the server's. */
function allowanceOf(area: string): Allowance | null {
  const [kind, name] = area.split('/');
  if (kind === 'adapters') {
    return { areas: ['core', 'embedded'], packages: ADAPTER_PACKAGES[name!] ?? [], builtins: true };
  }
  if (kind === 'entry') {
    const views = name === 'http' ? ['views'] : [];
    return { areas: ['core', 'services', ...views], packages: ENTRY_PACKAGES[name!] ?? [], builtins: true };
  }
  return PLAIN_AREAS[area] ?? null;
}

/** `core`, `services`, `adapters/postgres`, `entry/http`, `views`, `config`, `simulator`, `root`, `build`, `embedded`. */
export function areaOf(path: string): string {
  const [top, second, third, fourth, fifth] = path.split('/');
  if (top === 'dist' || top === 'drizzle') return 'embedded';
  if (top !== 'src') return 'outside';
  if (second !== 'server') return second!;
  if (third === 'config.ts') return 'config';
  if (fourth === undefined) return 'root';
  const isNested = third === 'adapters' || third === 'entry';
  return isNested && fifth !== undefined ? `${third}/${fourth}` : third!;
}

export function importProblems(file: SourceFile): readonly string[] {
  const area = areaOf(file.path);
  const allowance = allowanceOf(area);
  return file.imports.flatMap((specifier) => {
    const problem = specifier.startsWith('.')
      ? relativeProblem(file.path, area, specifier, allowance)
      : bareProblem(area, specifier, allowance);
    return problem ? [`${file.path}: ${problem}`] : [];
  });
}

function relativeProblem(path: string, area: string, specifier: string, allowance: Allowance | null) {
  if (!/\.[a-z]+$/.test(specifier)) return `the import "${specifier}" has no file extension`;
  const target = areaOf(importTarget(path, specifier));
  if (allowance === null || target === area) return null;
  const allowed = allowance.areas.some((each) => each === target || target.startsWith(`${each}/`));
  return allowed ? null : `${area} must not import ${target} ("${specifier}")`;
}

function bareProblem(area: string, specifier: string, allowance: Allowance | null) {
  if (allowance === null) return null;
  if (specifier === 'bun' || /^(node|bun):/.test(specifier)) {
    return allowance.builtins ? null : `${area} must not import "${specifier}"`;
  }
  return allowance.packages.includes(packageOf(specifier)) ? null : `${area} must not import "${specifier}"`;
}
