import { createMemoryInbound } from '../../src/server/adapters/xray/memory-inbound.ts';
import { inboundContract } from './inbound.contract.ts';

inboundContract('in memory', async () => {
  const inbound = createMemoryInbound();
  return {
    inbound,
    restart: async () => inbound.restart(),
    restores: false,
    async carry({ email }, bytes) {
      const isThere = (await inbound.read()).users.some((user) => user.email === email);
      if (isThere) inbound.carry({ email, uplinkBytes: bytes, downlinkBytes: bytes });
      return isThere;
    },
    dispose: async () => undefined,
  };
});
