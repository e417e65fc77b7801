import type { Clock } from '../../core/ports/clock.ts';
import type { World } from '../model/world.ts';

export interface BurstRequest {
  readonly users: number;
  /** The updates are spread evenly over this time. */
  readonly withinMs: number;
  readonly text: string;
  /** How long to wait for the last document and photo after the last update. Default 30 s. */
  readonly deadlineMs?: number;
  /** The first user's id; the others follow. Default: new ids. */
  readonly firstUserId?: number;
  /** Languages given to the users in turn. Default `en`. */
  readonly languages?: readonly string[];
}

export interface Latencies {
  readonly count: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

export interface BurstReport {
  readonly users: number;
  /** From the first update to the last. */
  readonly injectedMs: number;
  /** From the first update to the last photo or document. */
  readonly totalMs: number;
  /** From a user's update to the first document accepted for them. Milliseconds. */
  readonly document: Latencies;
  readonly photo: Latencies;
  readonly withoutDocument: number;
  readonly withoutPhoto: number;
  readonly perUser: readonly UserLatency[];
}

export interface UserLatency {
  readonly userId: number;
  readonly documentMs: number | null;
  readonly photoMs: number | null;
}

interface Runner {
  readonly userId: number;
  sentAt: number;
  documentAt: number | null;
  photoAt: number | null;
}

export interface BurstDeps {
  readonly world: World;
  readonly clock: Clock;
  readonly addUser: (name: string, language: string, id: number | undefined) => number;
  readonly sendText: (userId: number, text: string) => void;
}

/** Injects the first text of many new users and measures how long each waits for the document and the photo. */
export async function runBurst(deps: BurstDeps, request: BurstRequest): Promise<BurstReport> {
  const runners = Array.from({ length: request.users }, (_, i) => newRunner(deps, request, i));
  const byChat = new Map(runners.map((runner) => [runner.userId, runner]));
  const done = Promise.withResolvers<void>();
  let missing = runners.length * 2;
  const unlisten = deps.world.listen((event) => {
    if (event.kind !== 'message') return;
    const runner = byChat.get(event.chatId);
    if (!runner) return;
    const field = event.message.document ? 'documentAt' : event.message.photo ? 'photoAt' : null;
    if (field === null || runner[field] !== null) return;
    runner[field] = deps.clock.monotonicMs();
    missing -= 1;
    if (missing === 0) done.resolve();
  });
  const startedAt = deps.clock.monotonicMs();
  await inject(deps, request, runners, startedAt);
  const injectedMs = deps.clock.monotonicMs() - startedAt;
  await withDeadline(deps.clock, done.promise, request.deadlineMs ?? 30_000);
  unlisten();
  return report(runners, startedAt, injectedMs);
}

function newRunner(deps: BurstDeps, request: BurstRequest, index: number): Runner {
  const languages = request.languages ?? ['en'];
  const id = request.firstUserId === undefined ? undefined : request.firstUserId + index;
  const userId = deps.addUser(`Runner ${index + 1}`, languages[index % languages.length] ?? 'en', id);
  return { userId, sentAt: 0, documentAt: null, photoAt: null };
}

async function inject(
  deps: BurstDeps,
  request: BurstRequest,
  runners: readonly Runner[],
  startedAt: number,
): Promise<void> {
  const gapMs = request.withinMs / Math.max(1, runners.length);
  for (const [index, runner] of runners.entries()) {
    const dueIn = startedAt + index * gapMs - deps.clock.monotonicMs();
    // Below a few milliseconds a timer is coarser than the gap: those go out together.
    if (dueIn > 4) await deps.clock.sleep(dueIn);
    runner.sentAt = deps.clock.monotonicMs();
    deps.sendText(runner.userId, request.text);
  }
}

async function withDeadline(clock: Clock, done: Promise<void>, ms: number): Promise<void> {
  const timer = new AbortController();
  await Promise.race([done, clock.sleep(ms, timer.signal).catch(() => undefined)]);
  timer.abort();
}

function report(runners: readonly Runner[], startedAt: number, injectedMs: number): BurstReport {
  const perUser = runners.map((runner) => ({
    userId: runner.userId,
    documentMs: runner.documentAt === null ? null : round(runner.documentAt - runner.sentAt),
    photoMs: runner.photoAt === null ? null : round(runner.photoAt - runner.sentAt),
  }));
  const ends = runners.flatMap((runner) => [runner.documentAt ?? startedAt, runner.photoAt ?? startedAt]);
  const document = latencies(perUser.flatMap((user) => user.documentMs ?? []));
  const photo = latencies(perUser.flatMap((user) => user.photoMs ?? []));
  return {
    users: runners.length,
    injectedMs: round(injectedMs),
    totalMs: round(Math.max(startedAt, ...ends) - startedAt),
    document,
    photo,
    withoutDocument: runners.length - document.count,
    withoutPhoto: runners.length - photo.count,
    perUser,
  };
}

function latencies(values: readonly number[]): Latencies {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? null;
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: sorted.at(-1) ?? null };
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
