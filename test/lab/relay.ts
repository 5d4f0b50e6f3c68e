/** Passes connections on, byte for byte: this is how a Unix socket leads through the wall of a network namespace. */
import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';

/** A server, not yet listening, that joins each of its connections with a new one to `target`. */
export function relay(target: NetConnectOpts): Server {
  return createServer((near: Socket) => {
    const far = connect(target);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
    near.pipe(far).pipe(near);
  });
}
