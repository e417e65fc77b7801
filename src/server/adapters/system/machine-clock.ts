import { dlopen, FFIType } from 'bun:ffi';
import { readFileSync } from 'node:fs';
import type { MachineClock } from '../../core/ports/machine-clock.ts';

const CLOCK_MONOTONIC = 1;

const { symbols } = dlopen('libc.so.6', {
  clock_gettime: { args: [FFIType.i32, FFIType.ptr], returns: FFIType.i32 },
});

/** `performance.now()` begins with each process; this does not, so that moments survive in a file. */
export const systemMachineClock: MachineClock = {
  machineBoot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
  nowMs() {
    const time = new BigInt64Array(2);
    symbols.clock_gettime(CLOCK_MONOTONIC, time);
    return Number(time[0]) * 1000 + Number(time[1]) / 1e6;
  },
};
