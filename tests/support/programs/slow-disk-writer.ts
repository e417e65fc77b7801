/** Writes FILE once with a limit, prints what came of it, then once more with patience. Run under a slowed-down fsync. */
import { writeFileDurably } from '../../../src/server/adapters/system/durable-file.ts';
import { toAppError } from '../../../src/server/core/errors.ts';

const [path = '', limitMs = ''] = process.argv.slice(2);
const startedAt = performance.now();
const ending = await writeFileDurably(path, 'given up\n', { mode: 0o600, limitMs: Number(limitMs) }).then(
  () => 'written',
  (error: unknown) => toAppError(error).code,
);
const tookMs = Math.round(performance.now() - startedAt);
await writeFileDurably(path, 'later\n', { mode: 0o600, limitMs: 60_000 });
await Bun.write(Bun.stdout, JSON.stringify({ ending, tookMs }));
