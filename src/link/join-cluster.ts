/**
 * Joins a control plane with a one-time token. A control plane that cannot be reached is asked again until it can;
 * one that refuses is taken at its word, because the same token will not be better the next time.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { CONTRACT_FORMAT } from '../contract/documents.js';
import { decodeJoinAnswer } from '../contract/decode-answers.js';
import { JOIN_PATH, type JoinAnswer, type JoinRequest, type NodeRole } from '../contract/join.js';
import { decodeText } from '../contract/strict-decoder.js';
import type { Logger } from '../platform/logger.js';
import { ask, textOf } from './ask.js';
import { Backoff } from '../platform/backoff.js';
import { hostAddresses } from './host-addresses.js';
import type { NodeConfig } from './node-config.js';
import { RequestRefused } from './request-refused.js';

const ANSWER_TIMEOUT_MS = 15_000;
const TOO_MANY_REQUESTS = 429;
const SERVER_ERRORS = 500;

/** The join cannot succeed as things are; the message says what to do. */
class JoinRefused extends Error {}

export async function joinCluster(
  role: NodeRole,
  config: NodeConfig,
  signal: AbortSignal,
  logger: Logger,
): Promise<JoinAnswer> {
  const { joinToken } = config;
  if (joinToken === undefined) {
    throw new JoinRefused(
      'This node has not joined yet and has no join token. Make one at the control plane and set HOMEWARD_JOIN_TOKEN.',
    );
  }
  const backoff = new Backoff();
  for (;;) {
    const request = { format: CONTRACT_FORMAT, joinToken, role, addresses: hostAddresses() };
    try {
      return await askOnce(request, config, signal);
    } catch (error) {
      if (error instanceof JoinRefused || signal.aborted) throw error;
      logger.warn(
        { err: error, apiUrl: config.apiUrl },
        'the control plane cannot be joined yet; trying again',
      );
    }
    await sleep(backoff.next(), undefined, { signal });
  }
}

async function askOnce(
  request: JoinRequest,
  { apiUrl }: NodeConfig,
  signal: AbortSignal,
): Promise<JoinAnswer> {
  const answer = await ask(`${apiUrl}${JOIN_PATH}`, {
    method: 'POST',
    body: JSON.stringify(request),
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
  });
  if (!answer.ok) throw asJoinError(await RequestRefused.from(answer), request);
  const decoded = decodeText(decodeJoinAnswer, await textOf(answer));
  if (!decoded.ok) throw new JoinRefused(`The control plane's answer is not understood: ${decoded.problem}.`);
  return decoded.value;
}

function asJoinError(error: RequestRefused, request: JoinRequest): Error {
  if (error.status >= SERVER_ERRORS || error.status === TOO_MANY_REQUESTS) return error;
  return new JoinRefused(
    `The control plane refused the join token (${error.status}: ${error.detail}). A token works once, for a while, ` +
      `for one role (${request.role} here) and for the addresses it was made for (this host has ` +
      `${request.addresses.join(', ') || 'none'}). Make a new one and set HOMEWARD_JOIN_TOKEN.`,
  );
}
