/** Looks at something again and again while something else goes on. */
export interface Sampler {
  /** The highest value seen. Rejects when a look failed. */
  stop(): Promise<number>;
}

export function sampleHighest(everyMs: number, look: () => Promise<number>): Sampler {
  let [going, highest] = [true, Number.NEGATIVE_INFINITY];
  const done = (async () => {
    while (going) {
      highest = Math.max(highest, await look());
      await Bun.sleep(everyMs);
    }
  })();
  return {
    async stop() {
      going = false;
      await done;
      return highest;
    },
  };
}
