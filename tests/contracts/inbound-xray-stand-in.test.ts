/** Xray itself cannot be had here; this is the adapter against a server that answers by Xray's published messages. */

import { grpcInbound } from '../support/inbound-rig.ts';
import { tempFolder } from '../support/machine.ts';
import { startXrayStandIn } from '../support/xray-stand-in.ts';
import { inboundContract } from './inbound.contract.ts';

for (const restores of [false, true]) {
  inboundContract(`gRPC, a server that lists users${restores ? ', restoring' : ''}`, async () => {
    const folder = await tempFolder();
    const xray = await startXrayStandIn();
    const inbound = grpcInbound(folder.path, { address: xray.api, prefix: 'xray', restores });
    const sums = new Map<string, number>();
    return {
      inbound,
      async restart() {
        await xray.restart();
        sums.clear();
      },
      restores,
      async carry({ email }, bytes) {
        if (!xray.users.has(email)) return false;
        const sum = (sums.get(email) ?? 0) + bytes;
        sums.set(email, sum);
        xray.setCounter(email, sum, sum);
        return true;
      },
      async dispose() {
        inbound.close();
        await xray[Symbol.asyncDispose]();
        await folder[Symbol.asyncDispose]();
      },
    };
  });
}
