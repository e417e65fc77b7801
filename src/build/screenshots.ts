/**
 * `./build.sh screenshots [filter]`: every story at 1440 and 390 pixels, light and dark, in dist/screenshots.
 * Stories that end in -hostile, and the Russian pages, are taken once each. Needs Debian's chromium.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';
import { stories } from '../views/storybook/stories.ts';
import { CHROMIUM_FLAGS, CHROMIUM_PATH } from './chromium.ts';
import { startStorybook } from './storybook-server.ts';

const FOLDER = 'dist/screenshots';
const SIZES = [
  { name: '1440', width: 1440, height: 900 },
  { name: '390', width: 390, height: 844 },
] as const;

interface Shot {
  readonly file: string;
  readonly path: string;
  readonly width: number;
  readonly height: number;
}

const filter = process.argv[2] ?? '';
const book = startStorybook({ port: 0, tickMs: 0 });
const profile = mkdtempSync(join(tmpdir(), 'adit-chromium-'));
mkdirSync(FOLDER, { recursive: true });
const context = await chromium.launchPersistentContext(profile, {
  executablePath: CHROMIUM_PATH,
  args: [...CHROMIUM_FLAGS],
});
try {
  const shots = plan().filter((shot) => shot.file.includes(filter));
  for (const shot of shots) await take(context, shot);
  process.stdout.write(`${shots.length} pictures in ${FOLDER}\n`);
} finally {
  await context.close();
  book.stop();
  rmSync(profile, { recursive: true, force: true });
}

function plan(): readonly Shot[] {
  return stories.flatMap(({ name }) =>
    SIZES.flatMap((size) => {
      const shot = (suffix: string, query: string): Shot => ({
        file: `${name}-${size.name}-${suffix}.png`,
        path: `/story/${name}?${query}`,
        width: size.width,
        height: size.height,
      });
      const light = shot('light', 'theme=light');
      if (name.endsWith('-hostile')) return [light];
      return [light, shot('dark', 'theme=dark'), shot('ru', 'theme=light&lang=ru')];
    }),
  );
}

async function take(context: BrowserContext, shot: Shot): Promise<void> {
  const page = context.pages()[0] ?? (await context.newPage());
  await page.setViewportSize({ width: shot.width, height: shot.height });
  await page.goto(`${book.url}${shot.path}`, { waitUntil: 'load' });
  await page.screenshot({ path: join(FOLDER, shot.file), fullPage: true });
}
