/** All rules that a virtual service has to keep; a new rule is one more file and one more line here. */
import { addressFamiliesDiffer } from './address-families-differ.js';
import { addressIsANode } from './address-is-a-node.js';
import { backupsNeedAHealthCheck } from './backups-need-a-health-check.js';
import { directReturnKeepsThePort } from './direct-return-keeps-the-port.js';
import { directReturnRequiresForceL4 } from './direct-return-requires-force-l4.js';
import { healthCheckEndsBeforeTheNext } from './health-check-ends-before-the-next.js';
import { healthCheckSpeaksTheServicesProtocol } from './health-check-speaks-the-services-protocol.js';
import { noSharedSegment } from './no-shared-segment.js';
import { notEnforceable } from './not-enforceable.js';
import { persistencePrefixFitsTheFamily } from './persistence-prefix-fits-the-family.js';
import { portRangeIsValid } from './port-range-is-valid.js';
import { onlyUnmanagedServersAreAttested } from './only-unmanaged-servers-are-attested.js';
import { realServerExists } from './real-server-exists.js';
import { realServerIsTheVip } from './real-server-is-the-vip.js';
import { roundRobinAndPersistenceNeedFlowAffinity } from './round-robin-and-persistence-need-flow-affinity.js';
import type { Change, Rule, Violation } from './rule.js';
import { slowStartNeedsAHealthCheck } from './slow-start-needs-a-health-check.js';
import { tooManyRealServers } from './too-many-real-servers.js';
import { udpCheckFitsADatagram } from './udp-check-fits-a-datagram.js';
import { unmanagedServersHaveNoAgent } from './unmanaged-servers-have-no-agent.js';
import { virtualServiceOverlaps } from './virtual-service-overlaps.js';

export const ALL_RULES: readonly Rule[] = [
  portRangeIsValid,
  healthCheckEndsBeforeTheNext,
  udpCheckFitsADatagram,
  healthCheckSpeaksTheServicesProtocol,
  slowStartNeedsAHealthCheck,
  backupsNeedAHealthCheck,
  persistencePrefixFitsTheFamily,
  roundRobinAndPersistenceNeedFlowAffinity,
  directReturnRequiresForceL4,
  directReturnKeepsThePort,
  addressFamiliesDiffer,
  realServerIsTheVip,
  addressIsANode,
  noSharedSegment,
  notEnforceable,
  onlyUnmanagedServersAreAttested,
  unmanagedServersHaveNoAgent,
  realServerExists,
  tooManyRealServers,
  virtualServiceOverlaps,
];

/** Every broken rule of a change, all at once. */
export function brokenRules(change: Change, rules: readonly Rule[] = ALL_RULES): readonly Violation[] {
  return rules.flatMap((rule) => rule(change));
}
