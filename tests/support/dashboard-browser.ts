/** The dashboard of the compiled binary in headless Chromium, by somebody who is logged in. */
import { createHash, randomUUID } from 'node:crypto';
import { type Browser, chromium, type Page } from 'playwright-core';
import { CHROMIUM_FLAGS, CHROMIUM_PATH } from '../../src/build/chromium.ts';
import type { AditRig } from './adit-rig.ts';

export interface DashboardBrowser {
  readonly page: Page;
  /** What the console said that it should not, and what the policy refused. */
  readonly complaints: readonly string[];
  [Symbol.asyncDispose](): Promise<void>;
}

export interface Login {
  readonly token: string;
  readonly sessionId: string;
}

/** An operator and a session of theirs, put into the database of the rig as a login would. */
export async function seedLogin(rig: AditRig, role = 'owner'): Promise<Login> {
  const { admin } = rig.database;
  const token = randomUUID() + randomUUID();
  const [operatorId, sessionId] = [randomUUID(), randomUUID()];
  const hash = createHash('sha256').update(token).digest('hex');
  await admin`insert into adit.operators (id, name, role, password_hash, totp_sealed, created_at)
    values (${operatorId}, ${`anna-${role}`}, ${role}, 'none', 'sealed', now())`;
  await admin`insert into adit.operator_sessions
      (id, operator_id, token_hash, stage, created_at, seen_at, ends_at, address, agent)
    values (${sessionId}, ${operatorId}, ${hash}, 'full', now(), now(), now() + interval '1 day', '127.0.0.1', 'test')`;
  return { token, sessionId };
}

export const sessionCookie = ({ token }: Login): string => `__Host-adit-session=${token}`;

let browser: Promise<Browser> | null = null;

/** One Chromium for all tests of a file; a page of its own for each. Close it with `closeBrowser`. */
export async function openDashboard(
  base: string,
  login: Login,
  viewport = { width: 1440, height: 900 },
): Promise<DashboardBrowser> {
  browser ??= chromium.launch({
    executablePath: CHROMIUM_PATH,
    args: [...CHROMIUM_FLAGS],
  });
  const context = await (await browser).newContext({ baseURL: base, viewport });
  await context.addCookies([
    // A cookie of this name must come by HTTPS; sent back, it goes to 127.0.0.1 as to any trustworthy place.
    { name: '__Host-adit-session', value: login.token, url: base.replace('http:', 'https:'), secure: true },
  ]);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return {
    page,
    complaints,
    [Symbol.asyncDispose]: () => context.close(),
  };
}

export async function closeBrowser(): Promise<void> {
  const open = browser;
  browser = null;
  await (await open)?.close();
}
