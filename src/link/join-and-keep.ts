import type { NodeRole } from '../contract/join.js';
import type { Logger } from '../platform/logger.js';
import { joinCluster } from './join-cluster.js';
import type { NodeConfig } from './node-config.js';
import { saveIdentity, type NodeIdentity } from './node-identity.js';

/** Joins a control plane and keeps who this node is from then on in its state directory, which must be there. */
export async function joinAndKeep(
  role: NodeRole,
  config: NodeConfig,
  signal: AbortSignal,
  logger: Logger,
): Promise<NodeIdentity> {
  const identity = await joinCluster(role, config, signal, logger);
  await saveIdentity(config.stateDir, identity);
  logger.info({ cluster: identity.cluster, nodeId: identity.nodeId }, 'joined the control plane');
  return identity;
}
