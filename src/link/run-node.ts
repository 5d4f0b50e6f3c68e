/**
 * The life of a node, the same for directors and agents: start from the last known good, join once, follow the stream,
 * put documents in force, report. It never takes anything out of force because it starts, stops or cannot reach the
 * control plane.
 */
import { mkdir } from 'node:fs/promises';
import type { HealthOf } from '../contract/blast-radius.js';
import { CONTRACT_FORMAT, type DocumentBody } from '../contract/documents.js';
import type { AgentReport, DirectorReport, Report } from '../contract/report.js';
import type { Logger } from '../platform/logger.js';
import { Answerer } from './answerer.js';
import { clipReport } from './clip-report.js';
import { Enforcer } from './enforcer.js';
import { Follower } from './follower.js';
import { HeldStore } from './held/held-store.js';
import { HeldBackApproval } from './held-back-approval.js';
import { heldBack, withHeldBack } from './held-back.js';
import type { HeldDocument, HeldHead } from './held/held-documents.js';
import { joinAndKeep } from './join-and-keep.js';
import { linkConditions } from './link-conditions.js';
import type { NodeConfig } from './node-config.js';
import { loadIdentity, type NodeIdentity } from './node-identity.js';
import type { NodeWork } from './node-work.js';
import { ReportSequence } from './report-sequence.js';
import { Reporter } from './reporter.js';
import { sendReport } from './send-report.js';
import { lockStateDir } from './state-lock.js';

/** Runs until the signal is aborted; rejects when the node cannot run at all, with what to do about it. */
export async function runNode<B extends DocumentBody>(
  work: NodeWork<B>,
  config: NodeConfig,
  signal: AbortSignal,
  logger: Logger,
): Promise<void> {
  await mkdir(config.stateDir, { recursive: true, mode: 0o700 });
  const lock = await lockStateDir(config.stateDir);
  try {
    const store = await HeldStore.open(config.stateDir, logger);
    try {
      await live(work, store, config, signal, logger);
    } finally {
      await work.stop?.();
      await store.close();
    }
  } finally {
    await lock.close();
  }
}

async function live<B extends DocumentBody>(
  work: NodeWork<B>,
  store: HeldStore,
  config: NodeConfig,
  signal: AbortSignal,
  logger: Logger,
): Promise<void> {
  const joined = await loadIdentity(config.stateDir, work.role);
  let reporter: Reporter | undefined;
  const enforcer = new Enforcer(work, store.held, logger, () => reporter?.request());
  const onApproved = (documents: readonly HeldDocument[]) => enforcer.enforce(documents, false);
  const { stateDir } = config;
  const approval = new HeldBackApproval({ store, stateDir, logger, healthOf: healthBy(work), onApproved });
  work.onLost?.(() => enforcer.enforce([], true));
  work.onDue?.((keys) => enforcer.again(keys));
  // A host that starts without a control plane serves from what it was last told.
  enforcer.enforce([], true);
  try {
    const identity = joined ?? (await joinAndKeep(work.role, config, signal, logger));
    const parts = { work, store, config, identity, enforcer, logger };
    const { follower, reporter: made } = connectParts(parts, signal);
    reporter = made;
    reporter.request();
    await follower.follow(signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    approval.stop();
    await Promise.all([enforcer.stop(), reporter?.stop()]);
  }
}

function healthBy<B extends DocumentBody>(work: NodeWork<B>): HealthOf {
  return (server) => work.healthOf?.(server) ?? null;
}

interface Parts<B extends DocumentBody> {
  readonly work: NodeWork<B>;
  readonly store: HeldStore;
  readonly config: NodeConfig;
  readonly identity: NodeIdentity;
  readonly enforcer: Enforcer<B>;
  readonly logger: Logger;
}

const DROPPED = 'the control plane has a later report of this node; was the clock of this host set back?';

function connectParts<B extends DocumentBody>(
  parts: Parts<B>,
  signal: AbortSignal,
): { follower: Follower; reporter: Reporter } {
  const { work, store, config, identity, enforcer, logger } = parts;
  const { apiUrl, stateDir } = config;
  const numbers = new ReportSequence(Date.now());
  const reporter = new Reporter(async (complete) => {
    const report = { ...(await composeReport(parts, follower, complete)), sequence: numbers.next() };
    const answer = await sendReport(report, { apiUrl, credential: identity.credential, signal });
    if (!numbers.wasTaken(report.sequence, answer.sequence)) throw new Error(DROPPED);
    work.acknowledged?.();
    return answer;
  }, logger);
  const { credential } = identity;
  const answerer = new Answerer({ apiUrl, credential, logger, signal, answer: work.answer?.bind(work) });
  const follower = new Follower({
    apiUrl,
    stateDir,
    identity,
    store,
    logger,
    healthOf: healthBy(work),
    onOpen: () => reporter.reached(),
    onQuestion: (data) => answerer.take(data),
    onTaken: ({ batch, changed, whole }) => {
      logger.debug({ version: batch.version, changed: changed.length, whole }, 'documents taken');
      enforcer.enforce(
        changed.filter(({ refused }) => refused !== true),
        whole,
      );
      if (batch.kind === 'snapshot') reporter.demandComplete();
    },
  });
  work.onChange?.(() => reporter.request());
  return { follower, reporter };
}

type UnnumberedReport = Omit<DirectorReport, 'sequence'> | Omit<AgentReport, 'sequence'>;

async function composeReport<B extends DocumentBody>(
  { work, store, enforcer }: Parts<B>,
  follower: Follower,
  complete: boolean,
): Promise<UnnumberedReport> {
  await enforcer.begun();
  // Taken first: what is described below is at least as new as the position that the report names.
  const { head } = enforcer.enforced;
  await store.save();
  const part = await work.describe(complete);
  // What was found out meanwhile belongs to it.
  const { faults, failure } = enforcer.enforced;
  const own = linkConditions({
    refusal: follower.refusal ?? heldBack(store.held),
    diskTrouble: store.trouble,
    kept: store.kept,
    failure,
  });
  return clipReport({
    ...part,
    format: CONTRACT_FORMAT,
    position: head === null ? null : positionOf(head),
    revision: head?.revision ?? 0,
    faults: withHeldBack(store.held, faults),
    conditions: [...part.conditions, ...own],
  });
}

function positionOf({ cluster, epoch, version }: HeldHead): Report['position'] {
  return { cluster, epoch, version };
}
