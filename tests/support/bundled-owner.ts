/** A process that owns a bundled server until it is killed: prints the server's address, or what went wrong. */
import { bundledIn } from './bundled.ts';

const server = await bundledIn(process.argv[2] as string);
try {
  await Bun.stdout.write(`${JSON.stringify(await server.start())}\n`);
  setInterval(() => {}, 60_000);
} catch (error) {
  await Bun.stdout.write(`${JSON.stringify({ failed: String(error) })}\n`);
  await server.stop();
}
