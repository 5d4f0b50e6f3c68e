/**
 * Connects to a service on its VIP, from this host. The connection starts at the VIP too: where the host does not hold
 * it, the kernel refuses that, and no question ever leaves the host for another real server to answer.
 */
import { connect, type Socket } from 'node:net';
import type { Outcome } from './outcome.js';

export function probeTcp(vip: string, port: number, timeoutMs: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = connect({ host: vip, port, localAddress: vip });
    const settle = (outcome: Outcome): void => {
      socket.destroy();
      resolve(outcome);
    };
    // On a busy host the time may be over before Node has looked at what has arrived; it does before an immediate.
    socket.setTimeout(timeoutMs, () => setImmediate(() => settle({ kind: 'silent' })));
    socket.on('error', (error) => settle(outcomeOf(error)));
    socket.on('connect', () => settle(isItself(socket) ? { kind: 'refused' } : { kind: 'answered' }));
  });
}

/**
 * Whether a connection ends where it began. Where nobody listens on a port of the range that the kernel takes its own
 * ports from, one connection in some thousands gets that very port, and TCP lets it meet itself.
 */
function isItself({ localPort, remotePort, localAddress, remoteAddress }: Socket): boolean {
  return localPort === remotePort && localAddress === remoteAddress;
}

/** What the failure of a connection says about the service. */
export function outcomeOf(error: Error): Outcome {
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'ECONNREFUSED' || code === 'ECONNRESET') return { kind: 'refused' };
  if (code === 'ETIMEDOUT' || code === 'ABORT_ERR') return { kind: 'silent' };
  return { kind: 'not-asked', detail: error.message };
}
