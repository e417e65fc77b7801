import { expect, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from './machine.ts';
import { sweep } from './namespace-registry.ts';
import { createNamespace } from './netns.ts';
import { networkOfProcess, processesIn } from './process-table.ts';

test('namespaces see each other by their cable only, and share no WireGuard socket', async () => {
  const [a, b] = [await createNamespace(), await createNamespace()];
  try {
    const { there } = await a.connect(b);
    await a.exec(['ping', '-n', '-q', '-c', '1', '-W', '1', there.address4]);
    await a.exec(['ping', '-n', '-q', '-c', '1', '-W', '1', there.address6]);
    for (const { exec } of [a, b]) await exec(['setsid', '--wait', 'wireguard-go', 'wg0']);
    const key = 'EjwxooQz6ANBmdIss3UOeIyvMXY71LyToL98Ojuv1gU=';
    await a.exec(['wg', 'set', 'wg0', 'peer', key]);
    expect((await a.exec(['wg', 'show', 'wg0', 'peers'])).stdout).toBe(`${key}\n`);
    expect((await b.exec(['wg', 'show', 'wg0', 'peers'])).stdout).toBe('');
    expect(existsSync('/var/run/wireguard/wg0.sock')).toBe(false);
  } finally {
    await Promise.all([a.dispose(), b.dispose()]);
  }
  expect([...a.pids(), ...b.pids()]).toEqual([]);
});

test('what a killed test run left behind is swept by the next one; what a living run has open is not', async () => {
  const mine = await createNamespace();
  try {
    const program = join(import.meta.dir, 'programs', 'killed-run.ts');
    const run = Bun.spawn([process.execPath, program], { stdout: 'pipe' });
    const { value } = await run.stdout.getReader().read();
    const holder = Number(new TextDecoder().decode(value));
    const network = networkOfProcess(holder)!;
    expect(processesIn(network, 'wireguard-go').length).toBe(1);
    run.kill('SIGKILL');
    await run.exited;
    await sweep();
    expect(processesIn(network)).toEqual([]);
    expect(isAlive(holder)).toBe(false);
    expect((await mine.exec(['true'])).exitCode).toBe(0);
  } finally {
    await mine.dispose();
  }
});
