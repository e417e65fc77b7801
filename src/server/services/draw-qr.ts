import { createLane } from '../core/lane.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { QrMaker } from '../core/ports/courier.ts';

export type DrawQr = (text: string) => Promise<Uint8Array<ArrayBuffer>>;

/** About 0.7 ms each. */
const PICTURES_A_TURN = 8;

/** A burst asks for a hundred pictures at once: after a few of them everybody else has a turn on the event loop. */
export function createDrawQr({ qr, clock }: { readonly qr: QrMaker; readonly clock: Clock }): DrawQr {
  const lane = createLane();
  let drawn = 0;
  return (text) =>
    lane.run(async () => {
      drawn += 1;
      if (drawn % PICTURES_A_TURN === 0) await clock.sleep(0);
      return qr.png(text);
    });
}
