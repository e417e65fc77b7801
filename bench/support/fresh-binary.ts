/** Compiles dist/adit when it is missing or older than its source, by the functions of build.sh itself. */
export async function freshBinary(): Promise<void> {
  const root = new URL('../..', import.meta.url).pathname;
  const script = 'source ./build.sh && set_up && { ! compiled_is_stale || { pack_postgres && compile; }; }';
  const child = Bun.spawn(['bash', '-c', script], {
    cwd: root,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const [said, complained] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  if ((await child.exited) !== 0) throw new Error(`dist/adit could not be compiled:\n${said}${complained}`);
}
