// needs root
/** `adit demo`, from its first word to the last trace of it. */
import { expect, test } from 'bun:test';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAdit } from '../support/adit-process.ts';
import { BINARY } from '../support/adit-rig.ts';
import { eventually } from '../support/eventually.ts';
import { createNamespace } from '../support/netns.ts';
import { placeIn } from '../support/place.ts';
import { simulatorControl } from '../support/simulator-control.ts';

const MARIA = 77;

test('K5, E11: the demo hands out a config over a real interface, and Ctrl-C takes everything away again', async () => {
  const namespace = await createNamespace();
  const place = await placeIn(namespace);
  const temp = await mkdtemp(join(tmpdir(), 'adit-demo-test-'));
  await chmod(temp, 0o711);
  try {
    const before = namespace.pids();
    const env = { PATH: process.env.PATH ?? '', TMPDIR: temp };
    const demo = startAdit(place, [BINARY, 'demo', '--port', '0'], { cwd: temp, env });
    const chatPort = () => /Chat +http:\/\/[^:]+:(\d+)/.exec(demo.output())?.[1];
    await eventually(() => chatPort() !== undefined, { withinMs: 30_000 });
    expect(demo.output()).toContain('WireGuard');
    const control = simulatorControl(place, Number(chatPort()), '');
    await control.newUser(MARIA);
    await control.say(MARIA, '/start');
    await control.awaitMessage(MARIA, { has: 'photo' });
    const { stdout } = await namespace.exec(['wg', 'show', 'adit-demo', 'allowed-ips']);
    expect(stdout.trim().split('\n').length).toBe(1);
    expect((await control.heldConfigs(MARIA)).length).toBe(1);

    expect(await demo.kill('SIGINT')).toBe(0);
    const links = await namespace.exec(['ip', '-brief', 'link']);
    expect(links.stdout).not.toContain('adit-demo');
    const rules = await namespace.exec(['nft', 'list', 'ruleset']);
    expect(rules.stdout.trim()).toBe('');
    expect(await readdir(temp)).toEqual([]);
    expect(namespace.pids()).toEqual(before);
  } finally {
    await place.dispose();
    await namespace.dispose();
    await rm(temp, { recursive: true, force: true });
  }
}, 90_000);
