/**
 * How fast an address is given out: ours against four ways others do it. See bench/README.md.
 *
 *   ./build.sh bench claim            what the targets need, about four minutes
 *   ./build.sh bench claim --full     every pool, share and number of clients
 *   ./build.sh bench claim --quick    a look in half a minute
 */
import { measureClaims } from './support/claim-cell.ts';
import {
  ADVISORY,
  type ClaimContender,
  claimContenders,
  HEAD,
  OURS,
  ours,
  READ_ALL,
} from './support/claim-contenders.ts';
import { type ClaimSite, openClaimSite } from './support/claim-site.ts';
import { claimUnderSnapshot, type SnapshotRun } from './support/claim-under-snapshot.ts';
import { startDurablePostgres } from './support/durable-postgres.ts';
import { median, pairedRatio, perSecond, times } from './support/figures.ts';
import { inRounds } from './support/rounds.ts';
import { createScoreboard } from './support/scoreboard.ts';

interface Plan {
  readonly pools: readonly number[];
  readonly shares: readonly number[];
  /** Clients for a pool and share. */
  readonly clients: (bits: number, share: number) => readonly number[];
  readonly rounds: number;
  readonly sliceMs: number;
  readonly snapshot: { readonly bits: number; readonly windows: number; readonly windowMs: number };
}

const SHARES = [0.5, 0.9, 0.99, 1];
const BUSY = 32;
/** Bits of the pools whose rates are compared. */
const [SMALL, LARGE] = [16, 20];
const inOneMinute = { bits: 20, windows: 12, windowMs: 5_000 };

const PLANS: Readonly<Record<string, Plan>> = {
  default: {
    pools: [10, 16, 20],
    shares: SHARES,
    clients: (bits, share) => (bits === 16 && share === 0.9 ? [1, 8, BUSY] : [BUSY]),
    rounds: 3,
    sliceMs: 200,
    snapshot: inOneMinute,
  },
  full: {
    pools: [10, 16, 20],
    shares: SHARES,
    clients: () => [1, 8, BUSY],
    rounds: 5,
    sliceMs: 500,
    snapshot: inOneMinute,
  },
  quick: {
    pools: [10, 16],
    shares: [0.9, 1],
    clients: () => [BUSY],
    rounds: 3,
    sliceMs: 100,
    snapshot: { bits: 18, windows: 4, windowMs: 2_000 },
  },
};

interface Cell {
  readonly bits: number;
  readonly share: number;
  readonly clients: number;
  readonly rates: ReadonlyMap<string, readonly number[]>;
}

interface Scale {
  readonly share: number;
  readonly ratio: number;
}

const wish = process.argv[2]?.replace(/^--/, '') ?? 'default';
const plan = PLANS[wish];
if (plan === undefined) throw new Error(`no such size: ${wish}; there is ${Object.keys(PLANS).join(', ')}`);
const board = createScoreboard((text) => void process.stdout.write(text));
const server = await startDurablePostgres();
let exitCode: number;
try {
  exitCode = await run(plan);
} finally {
  await server.dispose();
}
process.exit(exitCode);

async function run(sizes: Plan): Promise<number> {
  const site = await openClaimSite(server, 'bench_claim', BUSY);
  const small = await openClaimSite(server, 'bench_claim_small', BUSY);
  board.say('claim: PostgreSQL 18 as bundled, full durability, each claim a committed row of its own');
  await measureAll(sizes, site, small);
  await small.close();
  showSnapshot(await claimUnderSnapshot(site, { ...sizes.snapshot, clients: BUSY }), sizes);
  await site.close();
  return board.finish();
}

async function measureAll(sizes: Plan, site: ClaimSite, small: ClaimSite): Promise<void> {
  const cells: Cell[] = [];
  const scales: Scale[] = [];
  const contenders = claimContenders(site);
  for (const bits of sizes.pools) {
    for (const share of sizes.shares) {
      await site.fill(bits, share);
      for (const clients of sizes.clients(bits, share)) {
        const measure = (each: ClaimContender) =>
          measureClaims(site, each, { clients, sliceMs: sizes.sliceMs });
        cells.push({ bits, share, clients, rates: await inRounds(sizes.rounds, contenders, measure) });
      }
      if (bits === LARGE) scales.push(await measureScale(sizes, share, site, small));
      process.stderr.write('.');
    }
  }
  process.stderr.write('\n');
  showCells(cells, contenders, sizes);
  judgeCells(cells);
  for (const { share, ratio } of scales) {
    board.atLeast(`ours at 2^20 of ours at 2^16, ${(share * 100).toFixed(0)} % used`, ratio, 0.85, times);
  }
}

/** The same in a small pool and a large one, in turn. */
async function measureScale(sizes: Plan, share: number, large: ClaimSite, small: ClaimSite): Promise<Scale> {
  await small.fill(SMALL, share);
  const sizesOf = [large, small].map((site) => ({
    name: `2^${site.pool().bits}`,
    site,
    claims: ours(site.database),
  }));
  const rounds = await inRounds(sizes.rounds + 2, sizesOf, ({ site, claims }) =>
    measureClaims(site, claims, { clients: BUSY, sliceMs: sizes.sliceMs }),
  );
  return { share, ratio: pairedRatio(rounds.get(`2^${LARGE}`) ?? [], rounds.get(`2^${SMALL}`) ?? []) };
}

function showCells(cells: readonly Cell[], contenders: readonly ClaimContender[], sizes: Plan): void {
  board.section(`Claims a second (median of ${sizes.rounds} rounds); at 100 % used: answers "full" a second`);
  const names = contenders.map((each) => each.name);
  board.table([
    ['pool, used, clients', ...names],
    ...cells.map((cell) => [nameOf(cell), ...names.map((name) => perSecond(median(rates(cell, name))))]),
  ]);
}

function nameOf({ bits, share, clients }: Cell): string {
  return `2^${bits}  ${(share * 100).toFixed(0)} %  ${clients}`;
}

function rates(cell: Cell, name: string): readonly number[] {
  return cell.rates.get(name) ?? [];
}

function judgeCells(cells: readonly Cell[]): void {
  const busy = cells.filter((cell) => cell.clients === BUSY);
  const against = (cell: Cell, name: string) => pairedRatio(rates(cell, OURS), rates(cell, name));
  const worst = Math.min(...busy.map((cell) => against(cell, ADVISORY)));
  board.atLeast(
    `${BUSY} clients, against the advisory lock (worst of ${busy.length} pools)`,
    worst,
    3,
    times,
  );
  for (const [bits, wanted] of [
    [16, 5],
    [20, 50],
  ] as const) {
    const full = busy.find((cell) => cell.bits === bits && cell.share === 1);
    if (full) board.atLeast(`full 2^${bits}, against read all`, against(full, READ_ALL), wanted, times);
  }
}

function showSnapshot({ rates: byName, deadRows }: SnapshotRun, { snapshot }: Plan): void {
  const seconds = (window: number) => `${((window + 1) * snapshot.windowMs) / 1000} s`;
  const windows = Array.from({ length: snapshot.windows }, (_, window) => window);
  board.section(
    `A snapshot held open for ${seconds(snapshot.windows - 1)}, ${BUSY} clients, claims a second up to …`,
  );
  board.table([
    ['', ...windows.map(seconds)],
    ...[...byName].map(([name, each]) => [name, ...each.map((rate) => perSecond(rate).replace('/s', ''))]),
  ]);
  board.say(`  ${deadRows.toLocaleString('en')} dead rows that could not be swept`);
  const [mine, head] = [byName.get(OURS) ?? [], byName.get(HEAD) ?? []];
  board.atLeast('held snapshot, against head order (median window)', pairedRatio(mine, head), 4, times);
  const quarter = Math.max(1, Math.floor(mine.length / 4));
  const decay = median(mine.slice(-quarter)) / median(mine.slice(0, quarter));
  board.atLeast('held snapshot, ours: last quarter of the first', decay, 0.9, times);
}
