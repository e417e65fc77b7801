import type { ClientOptions, ClientUnaryCall, ServiceError } from '@grpc/grpc-js';

/** One HTTP/2 connection that comes back by itself; many calls share it. */
export interface Connection {
  start(
    path: string,
    request: Uint8Array,
    done: (error: ServiceError | null, answer?: Uint8Array) => void,
  ): ClientUnaryCall;
  /** Remembers the connection of now; the function returned replaces it, unless somebody has done so already. */
  current(): () => void;
  close(): void;
}

/** A list of 100,000 users takes some 15 MB. */
const MOST_ANSWER_BYTES = 64 * 1024 * 1024;
const MOST_REQUEST_BYTES = 64 * 1024;

const OPTIONS: ClientOptions = {
  'grpc.max_receive_message_length': MOST_ANSWER_BYTES,
  'grpc.max_send_message_length': MOST_REQUEST_BYTES,
  // A restarted Xray is used again within a second.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1000,
  'grpc.dns_min_time_between_resolutions_ms': 1000,
  // Shared ones would hand a half-open connection to the next client of the same address.
  'grpc.use_local_subchannel_pool': 1,
  'grpc.enable_retries': 0,
  'grpc.enable_channelz': 0,
  // The environment is read in main only, and a proxy has no business between a machine and itself.
  'grpc.enable_http_proxy': 0,
  'grpc.service_config_disable_resolution': 1,
};

const same = (bytes: Buffer): Buffer => bytes;
const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes);

/**
 * No TLS: Xray's API has none, and listens on the loopback. The library takes 9 MB of memory: only who has an Xray loads
 * it.
 */
export async function connect(address: string): Promise<Connection> {
  const { Client, credentials } = await import('@grpc/grpc-js');
  const open = () => new Client(`dns:${address}`, credentials.createInsecure(), OPTIONS);
  let client = open();
  return {
    start: (path, request, done) => client.makeUnaryRequest(path, asBuffer, same, request, done),
    current() {
      const known = client;
      return () => {
        if (client !== known) return;
        client = open();
        known.close();
      };
    },
    close: () => client.close(),
  };
}
