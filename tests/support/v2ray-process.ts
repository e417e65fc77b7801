import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.ts';

/** One v2ray (Debian's package of that name) with its own config; dies with this process. */
export interface V2rayProcess {
  readonly pid: () => number;
  start(): Promise<void>;
  kill(signal: NodeJS.Signals): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  dispose(): Promise<void>;
}

export function createV2rayProcess(config: object, ports: readonly number[]): V2rayProcess {
  const folder = mkdtempSync(join(tmpdir(), 'adit-v2ray-'));
  const file = join(folder, 'config.json');
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  let child: Bun.Subprocess | undefined;

  const kill: V2rayProcess['kill'] = async (signal) => {
    child?.kill(signal);
    await child?.exited;
    child = undefined;
  };
  return {
    pid: () => child?.pid ?? 0,
    signal: (signal) => child?.kill(signal),
    kill,
    async start() {
      const log = openSync(join(folder, 'log'), 'a');
      const argv = ['setpriv', '--pdeathsig', 'KILL', '--', 'v2ray', '-config', file];
      child = Bun.spawn(argv, { stdin: 'ignore', stdout: log, stderr: log, cwd: folder });
      const look = async () => {
        if (child?.exitCode !== null) throw new Error(readFileSync(join(folder, 'log'), 'utf8'));
        await Promise.all(ports.map(accepts));
      };
      await eventually(look, { withinMs: 20_000 });
    },
    async dispose() {
      await kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function accepts(port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect({ host: '127.0.0.1', port }, () => {
    socket.destroy();
    resolve();
  });
  socket.once('error', reject);
  return promise;
}
