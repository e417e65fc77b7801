/** The first owner of a compiled binary, as they come in by the link of the log, and what the overview tells them. */
import { codeAt } from '../../src/server/adapters/credentials/one-time-codes.ts';
import type { AditProcess } from './adit-process.ts';
import { createVisitor, type TestVisitor } from './visitor.ts';

export interface Owner {
  readonly visitor: TestVisitor;
  /** The lines of "needs attention" on the overview, as a person reads them; empty when all is well. */
  attention(): Promise<readonly string[]>;
}

const PASSWORD = 'four words of nonsense';

export async function comeInAsOwner(adit: AditProcess): Promise<Owner> {
  const visitor = createVisitor({ base: `http://localhost:${adit.port()}` });
  const token = /\/setup\?token=([\w-]{43})/.exec(adit.output())?.[1];
  if (token === undefined) throw new Error('the log has no setup link');
  await visitor.get(`/setup?token=${token}`);
  await visitor.post('/setup', { token, name: 'anna', password: PASSWORD, again: PASSWORD });
  const key = /\b[A-Z2-7]{32}\b/.exec((await visitor.get('/totp')).body)![0];
  const { status } = await visitor.post('/totp', { code: codeAt(key, Math.floor(Date.now() / 30_000)) });
  if (status !== 200) throw new Error(`the second factor was answered with ${status}`);
  return { visitor, attention: async () => attentionIn((await visitor.get('/')).body) };
}

function attentionIn(html: string): readonly string[] {
  const panel = /<section id="panel-attention"[\s\S]*?<\/section>/.exec(html)?.[0];
  if (panel === undefined) throw new Error(`no overview: ${html.slice(0, 300)}`);
  return [...panel.matchAll(/<li[\s\S]*?<\/li>/g)].map(([line]) =>
    line
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim(),
  );
}
