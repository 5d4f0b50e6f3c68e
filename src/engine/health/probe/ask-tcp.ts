/**
 * Whether a server takes a connection. It is ended by a reset, so that neither end keeps anything of it: orderly ends of
 * thousands of checks would fill the kernel's tables with connections that wait for their time to be over.
 */
import { connect } from 'node:net';
import type { Asked } from './asked.js';
import { ANSWERED, outcomeOf, timedOut, type Outcome } from './outcome.js';

export function askTcp({ host, from, question }: Asked): Promise<Outcome> {
  return new Promise((resolve) => {
    const { port, timeoutMs } = question;
    const socket = connect({ host, port, ...(from === null ? {} : { localAddress: from }) });
    const settle = (outcome: Outcome): void => {
      socket.destroy();
      resolve(outcome);
    };
    // On a busy host the time may be over before Node has looked at what has arrived; it does before an immediate.
    socket.setTimeout(timeoutMs, () => setImmediate(() => settle(timedOut(timeoutMs, 'connection'))));
    socket.on('error', (error) => settle(outcomeOf(error)));
    socket.on('connect', () => {
      socket.resetAndDestroy();
      resolve(ANSWERED);
    });
  });
}
