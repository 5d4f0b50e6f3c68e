/**
 * Sends a datagram to a service on its VIP, and looks at where the answer comes from. A server that is bound to all
 * addresses answers from the address that its host would choose, and a client drops an answer that is not from the VIP.
 * Asked from the VIP itself the host would choose the VIP; hence the question comes from loopback.
 */
import { createSocket, type Socket } from 'node:dgram';
import { isIpv6 } from '../../contract/canonical-address.js';
import type { Outcome } from './outcome.js';
import { outcomeOf } from './probe-tcp.js';
import { udpQuestion } from './udp-questions.js';

export async function probeUdp(vip: string, port: number, timeoutMs: number): Promise<Outcome> {
  const first = await askOnce(vip, port, timeoutMs / 2);
  // The kernel makes the route of a new IPv6 address a moment after the address; what is sent in between is lost.
  return first.kind === 'silent' ? askOnce(vip, port, timeoutMs / 2) : first;
}

function askOnce(vip: string, port: number, timeoutMs: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const sockets = [socketFor(vip), socketFor(vip)] as const;
    let settled = false;
    const settle = (outcome: Outcome): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      for (const socket of sockets) leave(socket);
      resolve(outcome);
    };
    // On a busy host the time may be over before Node has looked at what has arrived; it does before an immediate.
    const timer = setTimeout(() => setImmediate(() => settle({ kind: 'silent' })), timeoutMs);
    for (const socket of sockets) {
      socket.on('error', (error) => settle(outcomeOf(error)));
      socket.on('message', (_, { address: source }) =>
        settle(source === vip ? { kind: 'answered' } : { kind: 'other-source', source }),
      );
    }
    ask(sockets, vip, port);
  });
}

/** Only a connected socket hears that the port is closed, and only the other one an answer from elsewhere. */
function ask([connected, open]: readonly [Socket, Socket], vip: string, port: number): void {
  const question = udpQuestion(port);
  const from = isIpv6(vip) ? '::1' : '127.0.0.1';
  open.bind(0, from, () => open.send(question, port, vip));
  connected.once('connect', () => connected.send(question));
  connected.bind(0, from, () => connected.connect(port, vip));
}

/** What comes late is of no interest any more. */
function leave(socket: Socket): void {
  socket.removeAllListeners();
  socket.on('error', () => undefined);
  socket.close();
}

function socketFor(vip: string): Socket {
  return createSocket(isIpv6(vip) ? 'udp6' : 'udp4');
}
