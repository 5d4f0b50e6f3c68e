/**
 * Whether a server answers a datagram. The socket is connected: it hears that the port is closed, and takes an answer
 * from nobody but who was asked. A server that answers from another address than the VIP is one that clients do not hear.
 */
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Asked } from './asked.js';
import { ANSWERED, failed, outcomeOf, timedOut, type Outcome } from './outcome.js';

export function askUdp({ host, from, question }: Asked): Promise<Outcome> {
  const { port, timeoutMs, udp } = question;
  const payload = Buffer.from(udp?.payload ?? '', 'base64');
  const expected = Buffer.from(udp?.expected ?? '', 'base64');
  // Where no reply is waited for, silence is as good as one.
  const silence = udp?.expected === null ? ANSWERED : timedOut(timeoutMs, 'reply');
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    let settled = false;
    const settle = (outcome: Outcome): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      socket.close();
      resolve(outcome);
    };
    const timer = setTimeout(() => setImmediate(() => settle(silence)), timeoutMs);
    socket.on('error', (error) => settle(replyless(error)));
    socket.on('message', (reply) => settle(judgedReply(reply, expected)));
    socket.once('connect', () => socket.send(payload));
    socket.bind({ port: 0, ...(from === null ? {} : { address: from }) }, () => socket.connect(port, host));
  });
}

function judgedReply(reply: Buffer, expected: Buffer): Outcome {
  if (reply.subarray(0, expected.length).equals(expected)) return ANSWERED;
  return failed('UnexpectedReply', 'Its reply does not begin as expected.');
}

function replyless(error: Error): Outcome {
  const outcome = outcomeOf(error);
  if (outcome.kind !== 'failed' || outcome.reason !== 'Refused') return outcome;
  return failed('Refused', 'It said that nobody listens on the port.');
}
