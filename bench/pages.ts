/**
 * How long the dashboard's pages take in a grown installation: 10,000 peers and 1,000,000 finished jobs. Requests go one
 * after another to the real HTTP server, logged in, each page in full; the interface is one in memory that knows all
 * peers. See bench/README.md.
 *
 *   ./build.sh bench pages            about a minute and a half
 *   ./build.sh bench pages --quick    a tenth of the jobs
 */
import type { PublicKey } from '../src/server/core/ids.ts';
import { openPagesRig, type PagesRig } from '../tests/support/pages-rig.ts';
import type { TestVisitor } from '../tests/support/visitor.ts';
import { milliseconds, percentile } from './support/figures.ts';
import { grow } from './support/grown-data.ts';
import { check, createScoreboard } from './support/scoreboard.ts';

const PEERS = 10_000;
const quick = process.argv.includes('--quick');
const JOBS = quick ? 100_000 : 1_000_000;
const TIMES = quick ? 20 : 100;
const FIRST_BYTE_MS = 50;
const SORT_MS = 100;
const PAGE_BYTES = 100 * 1024;

interface Measured {
  readonly path: string;
  /** Until the head of the answer and its first bytes were there. */
  readonly firstByte: readonly number[];
  readonly whole: readonly number[];
  readonly bytes: number;
}

/** What is a page as somebody opens it, and what is a sort or a search. */
const PAGES = [
  '/peers',
  '/jobs',
  '/jobs?state=done',
  '/jobs?state=stuck',
  '/jobs?state=dead',
  '/accounts',
  '/pools',
];
const SORTS = [
  '/peers?sort=address',
  '/peers?sort=handshake',
  '/peers?sort=traffic',
  '/peers?state=never',
  '/peers?state=unapplied',
  '/peers?q=10.128.7',
  '/peers?q=1000777',
  '/peers?q=%D0%B8%D0%B2%D0%B0%D0%BD%2077',
  '/peers?q=aB',
  '/accounts?sort=name',
  '/accounts?sort=until',
  '/accounts?state=expired',
  '/accounts?q=maria%201',
  '/accounts?q=@user_77',
  '/jobs?state=done&queue=housekeeping',
  '/jobs?state=retry&q=answer',
];

async function main(): Promise<number> {
  const board = createScoreboard((text) => void process.stdout.write(text));
  const rig = await openPagesRig();
  try {
    const { visitor, deep } = await prepare(rig);
    const rows: Measured[] = [];
    for (const path of [...PAGES, ...SORTS, ...deep]) rows.push(await measure(rig, visitor, path));
    board.section(`${PEERS} peers, ${JOBS} finished jobs; ${TIMES} requests each`);
    board.table([
      ['', 'first byte p50', 'p95', 'whole p95', 'size'],
      ...rows.map((row) => [
        row.path.length > 60 ? `${row.path.slice(0, 57)}…` : row.path,
        milliseconds(percentile(row.firstByte, 0.5)),
        milliseconds(percentile(row.firstByte, 0.95)),
        milliseconds(percentile(row.whole, 0.95)),
        `${(row.bytes / 1024).toFixed(0)} KB`,
      ]),
    ]);
    for (const row of rows) {
      const wanted = SORTS.includes(row.path) ? SORT_MS : FIRST_BYTE_MS;
      board.atMost(
        `first byte p95 ${row.path.slice(0, 40)}`,
        percentile(row.firstByte, 0.95),
        wanted,
        milliseconds,
      );
    }
    const peers = rows.filter((row) => row.path.startsWith('/peers'));
    board.atMost(
      'a page of peers, KB',
      Math.max(...peers.map((row) => row.bytes)) / 1024,
      PAGE_BYTES / 1024,
      (kb) => kb.toFixed(0),
    );
    return board.finish();
  } finally {
    await rig.close();
  }
}

/** Fills the database and the interface, logs in, and finds pages far down the lists. */
async function prepare(rig: PagesRig): Promise<{ visitor: TestVisitor; deep: readonly string[] }> {
  process.stdout.write(`making ${JOBS} jobs and ${PEERS} peers …\n`);
  await grow(rig.data.admin, { peers: PEERS, finishedJobs: JOBS, deadJobs: 300 });
  const keys = await rig.data.admin`select public_key, host(ip4) as ip from adit.peers`;
  const add = keys.map((row) => ({ publicKey: row.public_key as PublicKey, allowedIps: [`${row.ip}/32`] }));
  await rig.tunnel.apply({ remove: [], add });
  for (const [index, { publicKey }] of add.entries()) {
    if (index % 3 > 0) rig.tunnel.handshake(publicKey, '192.0.2.9:4242', index * 1000, index * 7000);
  }
  const visitor = await rig.site.signedIn('owner');
  const deep: string[] = [];
  for (const path of ['/peers', '/jobs?state=done', '/accounts']) {
    let at = path;
    for (let page = 0; page < 20; page += 1) {
      const { body } = await visitor.get(at);
      at = /<a [^>]*href="([^"]+)"[^>]*rel="next"/.exec(body)?.[1]?.replaceAll('&amp;', '&') ?? at;
    }
    deep.push(at);
  }
  return { visitor, deep };
}

async function measure({ site }: PagesRig, visitor: TestVisitor, path: string): Promise<Measured> {
  const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const firstByte: number[] = [];
  const whole: number[] = [];
  let bytes = 0;
  for (let time = -3; time < TIMES; time += 1) {
    const began = performance.now();
    const answer = await fetch(site.base + path, { headers: { cookie } });
    const reader = answer.body!.getReader();
    const first = await reader.read();
    const headed = performance.now() - began;
    bytes = first.value?.byteLength ?? 0;
    for (let part = await reader.read(); !part.done; part = await reader.read())
      bytes += part.value.byteLength;
    check(answer.status === 200 && bytes > 5_000, `${path} is a page: ${answer.status}, ${bytes} bytes`);
    if (time < 0) continue;
    firstByte.push(headed);
    whole.push(performance.now() - began);
  }
  return { path, firstByte, whole, bytes };
}

process.exit(await main());
