/**
 * Machines for tests: network namespaces with real interfaces, each with a `/var/run/wireguard` of its own, because
 * the sockets of wireguard-go there are shared by all network namespaces. The tests themselves stay in the main
 * namespace; every program that should live inside is started behind `prefix`.
 */
import { createProcessRunner } from '../../src/server/adapters/process/process-runner.ts';
import type { ProcessRunner, RunRequest, RunResult } from '../../src/server/core/ports/process-runner.ts';
import { anyCall, createDoorKit } from './door-kit.ts';
import { eventually } from './eventually.ts';
import { destroy, register, sweep } from './namespace-registry.ts';
import { networkOfProcess, processesIn } from './process-table.ts';

export interface Namespace {
  /** Put before any argv to run it inside. The program itself has the pid that was spawned: signals reach it. */
  readonly prefix: readonly [string, ...string[]];
  /** Runs and starts every program inside, so that an adapter under test works unchanged. */
  readonly runner: ProcessRunner;
  exec(argv: RunRequest['argv'], options?: Omit<RunRequest, 'argv'>): Promise<RunResult>;
  /** A cable to another namespace, with an address at each end. */
  connect(other: Namespace): Promise<Cable>;
  /** Pids, in the main namespace's numbers, of what lives here; with `program`, only of that name. */
  pids(program?: string): readonly number[];
  /** Kills what lives here; the interfaces go with the last process. Repeating is safe. */
  dispose(): Promise<void>;
}

/** Both ends of a cable: `here` is the end of the namespace whose `connect` was called. */
export interface Cable {
  readonly here: CableEnd;
  readonly there: CableEnd;
}

export interface CableEnd {
  readonly device: string;
  readonly address4: string;
  readonly address6: string;
}

const HOLD = `mkdir -p /run/wireguard && mount -t tmpfs -o mode=0755 tmpfs /run/wireguard \
&& ip link set lo up && echo $$ && exec sleep infinity < /dev/null > /dev/null`;

let swept: Promise<void> | null = null;
let cables = 0;

/** A new machine without any cable. Needs root. What killed test runs left behind is cleared away first. */
export async function createNamespace(): Promise<Namespace> {
  swept ??= sweep();
  await swept;
  const holderPid = await startHolder();
  register(holderPid);
  const network = networkOfProcess(holderPid)!;
  const prefix = ['nsenter', '--target', `${holderPid}`, '--mount', '--net', '--'] as const;
  const runner = runnerInside(prefix);
  return {
    prefix: [...prefix],
    runner,
    exec: (argv, options) => runner.run({ ...options, argv }),
    connect: (other) => layCable(holderPid, runner, other),
    pids: (program) => processesIn(network, program).filter((pid) => pid !== holderPid),
    dispose: () => destroy(holderPid),
  };
}

function runnerInside(prefix: readonly [string, ...string[]]): ProcessRunner {
  // Each machine has breakers of its own: what fails on one does not close the door to another.
  const base = createProcessRunner({ ...createDoorKit(), book: anyCall(10_000) });
  return {
    run: (request) => base.run({ ...request, argv: [...prefix, ...request.argv] }),
    start: (request) => base.start({ ...request, argv: [...prefix, ...request.argv] }),
  };
}

/**
 * `sleep` that keeps the namespaces open. No child of ours, so that a test run that ends in a hurry leaves it to the
 * sweep together with what lives inside, and it holds none of our pipes.
 */
async function startHolder(): Promise<number> {
  const inside = ['unshare', '--mount', '--net', '--propagation', 'private', '--', 'sh', '-c', HOLD];
  const starter = Bun.spawn(['setsid', '--fork', ...inside], {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'ignore',
  });
  const reader = starter.stdout.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  if (value === undefined) throw new Error('no namespace could be made: these tests need root');
  return Number(new TextDecoder().decode(value));
}

async function layCable(holderPid: number, runner: ProcessRunner, other: Namespace): Promise<Cable> {
  const number = ++cables;
  const here = cableEnd(number, 1);
  const there = cableEnd(number, 2);
  const otherPid = other.prefix[2]!;
  const link = ['ip', 'link', 'add', 'name', here.device, 'netns', `${holderPid}`, 'type', 'veth'] as const;
  await runner.run({ argv: [...link, 'peer', 'name', there.device, 'netns', otherPid] });
  await bringUp(runner, here);
  await bringUp(other.runner, there);
  // Both ends being up is told to IPv6 a moment later.
  await eventually(() => reaches(runner, there.address6));
  return { here, there };
}

const cableEnd = (cable: number, end: 1 | 2): CableEnd => ({
  device: `cable${cable}-${end}`,
  address4: `198.18.${cable % 256}.${end}`,
  address6: `2001:db8:${cable.toString(16)}::${end}`,
});

async function reaches(runner: ProcessRunner, address: string): Promise<boolean> {
  const argv = ['ping', '-n', '-q', '-c', '1', '-W', '0.2', address] as const;
  return (await runner.run({ argv: [...argv], okCodes: [0, 1, 2] })).exitCode === 0;
}

async function bringUp(runner: ProcessRunner, end: CableEnd): Promise<void> {
  const lines = [
    `address add ${end.address4}/30 dev ${end.device}`,
    `address add ${end.address6}/64 dev ${end.device} nodad`,
    `link set dev ${end.device} up`,
  ];
  await runner.run({ argv: ['ip', '-batch', '-'], input: `${lines.join('\n')}\n` });
}
