/** `./build.sh storybook [port]`: every view with canned and hostile data, no database. */
import { startStorybook } from './storybook-server.ts';

const port = Number(process.argv[2] ?? 6006);
const book = startStorybook({ port, tickMs: 1_000 });
process.stdout.write(`Every view: ${book.url}/storybook (Ctrl+C ends it)\n`);
