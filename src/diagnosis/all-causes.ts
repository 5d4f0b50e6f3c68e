/**
 * All causes, the most likely first; a new one is one more file and one more line here.
 * What somebody decided comes before what broke, what is missing on the way before what is wrong at its end, and what
 * explains others before what follows from it. What only might go wrong comes last.
 */
import type { Cause } from './cause.js';
import { aDirectorHasAFaultForTheService } from './causes/a-director-has-a-fault-for-the-service.js';
import { aDirectorIsAway } from './causes/a-director-is-away.js';
import { aDirectorIsInTrouble } from './causes/a-director-is-in-trouble.js';
import { aRebootWouldForgetTheSettings } from './causes/a-reboot-would-forget-the-settings.js';
import { aReversePathFilterDropsPackets } from './causes/a-reverse-path-filter-drops-packets.js';
import { driftIsSeenLate } from './causes/drift-is-seen-late.js';
import { everyDirectorIsAway } from './causes/every-director-is-away.js';
import { noAgentHasJoined } from './causes/no-agent-has-joined.js';
import { noDirectorHasJoined } from './causes/no-director-has-joined.js';
import { nobodyHasAttestedTheHost } from './causes/nobody-has-attested-the-host.js';
import { nobodyHasFoundTheHostSilent } from './causes/nobody-has-found-the-host-silent.js';
import { nothingListensOnTheVip } from './causes/nothing-listens-on-the-vip.js';
import { somebodyElseAnswersForTheVip } from './causes/somebody-else-answers-for-the-vip.js';
import { somebodyFlushedTheRulesOfADirector } from './causes/somebody-flushed-the-rules-of-a-director.js';
import { somethingTakesTheVipAway } from './causes/something-takes-the-vip-away.js';
import { somethingUndoesTheRepairs } from './causes/something-undoes-the-repairs.js';
import { theAddressIsNotOnTheHost } from './causes/the-address-is-not-on-the-host.js';
import { theAgentHasNotReportedYet } from './causes/the-agent-has-not-reported-yet.js';
import { theAgentIsAway } from './causes/the-agent-is-away.js';
import { theAgentIsOfAnotherEpoch } from './causes/the-agent-is-of-another-epoch.js';
import { theAgentLeavesItsHost } from './causes/the-agent-leaves-its-host.js';
import { theAgentRefusesItsDocuments } from './causes/the-agent-refuses-its-documents.js';
import { theDefaultRouteLeadsThroughTheDirector } from './causes/the-default-route-leads-through-the-director.js';
import { theDirectorsCannotCheck } from './causes/the-directors-cannot-check.js';
import { theDirectorsFindDifferentHealth } from './causes/the-directors-find-different-health.js';
import { theDirectorsLagBehind } from './causes/the-directors-lag-behind.js';
import { theFirewallDropsTheService } from './causes/the-firewall-drops-the-service.js';
import { theFirewallIsNotUnderstood } from './causes/the-firewall-is-not-understood.js';
import { theGuardDoesNotCoverTheVip } from './causes/the-guard-does-not-cover-the-vip.js';
import { theHealthCheckIsAnsweredOtherwise } from './causes/the-health-check-is-answered-otherwise.js';
import { theHealthCheckIsRefused } from './causes/the-health-check-is-refused.js';
import { theHealthCheckTimesOut } from './causes/the-health-check-times-out.js';
import { theHostAnsweredForTheVip } from './causes/the-host-answered-for-the-vip.js';
import { theHostAnswersArpForTheVip } from './causes/the-host-answers-arp-for-the-vip.js';
import { theHostCannotBeLookedAt } from './causes/the-host-cannot-be-looked-at.js';
import { theHostHasNoDefaultRoute } from './causes/the-host-has-no-default-route.js';
import { theHostWouldSendPacketsBack } from './causes/the-host-would-send-packets-back.js';
import { theMtuDiffers } from './causes/the-mtu-differs.js';
import { theNetworkCardOfADirectorWasMadeAnew } from './causes/the-network-card-of-a-director-was-made-anew.js';
import { theNetworkCardIsDown } from './causes/the-network-card-is-down.js';
import { thePanicGuardKeepsTheServer } from './causes/the-panic-guard-keeps-the-server.js';
import { theRealServerDoesNotReturnDirectly } from './causes/the-real-server-does-not-return-directly.js';
import { theRealServerHasWeightZero } from './causes/the-real-server-has-weight-zero.js';
import { theRealServerIsDisabled } from './causes/the-real-server-is-disabled.js';
import { theRealServerIsDraining } from './causes/the-real-server-is-draining.js';
import { theServerAnswersOnItsOwnAddressOnly } from './causes/the-server-answers-on-its-own-address-only.js';
import { theServerHasANewMac } from './causes/the-server-has-a-new-mac.js';
import { theServerIsNotHeardOnItsSegment } from './causes/the-server-is-not-heard-on-its-segment.js';
import { theServiceBreaksARule } from './causes/the-service-breaks-a-rule.js';
import { theServiceCannotBeAsked } from './causes/the-service-cannot-be-asked.js';
import { theServiceDoesNotAnswer } from './causes/the-service-does-not-answer.js';
import { theServiceIsNotForcedToLayer4 } from './causes/the-service-is-not-forced-to-layer-4.js';
import { theServiceListensElsewhere } from './causes/the-service-listens-elsewhere.js';
import { theServiceWasNotAskedYet } from './causes/the-service-was-not-asked-yet.js';
import { theStateOfTheAgentIsDamaged } from './causes/the-state-of-the-agent-is-damaged.js';
import { theVipCannotBeUsed } from './causes/the-vip-cannot-be-used.js';
import { theVipHasAWiderPrefix } from './causes/the-vip-has-a-wider-prefix.js';
import { theVipIsMissing } from './causes/the-vip-is-missing.js';
import { theVipIsOnAnotherInterface } from './causes/the-vip-is-on-another-interface.js';
import { theVipIsTheGateway } from './causes/the-vip-is-the-gateway.js';
import { theVirtualServiceIsDisabled } from './causes/the-virtual-service-is-disabled.js';
import { thereIsNoCommonSegment } from './causes/there-is-no-common-segment.js';
import { udpAnswersComeFromAnotherAddress } from './causes/udp-answers-come-from-another-address.js';

export const ALL_CAUSES: readonly Cause[] = [
  theVirtualServiceIsDisabled,
  theRealServerIsDraining,
  theRealServerIsDisabled,
  theServiceIsNotForcedToLayer4,
  theRealServerDoesNotReturnDirectly,
  theRealServerHasWeightZero,
  noDirectorHasJoined,
  theAgentLeavesItsHost,
  noAgentHasJoined,
  nobodyHasAttestedTheHost,
  theHostAnsweredForTheVip,
  somebodyElseAnswersForTheVip,
  nobodyHasFoundTheHostSilent,
  theAgentIsOfAnotherEpoch,
  theAgentRefusesItsDocuments,
  theAgentHasNotReportedYet,
  theHostCannotBeLookedAt,
  theVipCannotBeUsed,
  theVipIsTheGateway,
  theVipIsOnAnotherInterface,
  theVipHasAWiderPrefix,
  theHostAnswersArpForTheVip,
  theHostWouldSendPacketsBack,
  somethingTakesTheVipAway,
  theGuardDoesNotCoverTheVip,
  theVipIsMissing,
  theAddressIsNotOnTheHost,
  theNetworkCardIsDown,
  theServerIsNotHeardOnItsSegment,
  theFirewallDropsTheService,
  theServiceListensElsewhere,
  nothingListensOnTheVip,
  udpAnswersComeFromAnotherAddress,
  theServiceDoesNotAnswer,
  theServiceWasNotAskedYet,
  theNetworkCardOfADirectorWasMadeAnew,
  thereIsNoCommonSegment,
  somebodyFlushedTheRulesOfADirector,
  aDirectorHasAFaultForTheService,
  everyDirectorIsAway,
  theDirectorsLagBehind,
  theServerAnswersOnItsOwnAddressOnly,
  theHealthCheckIsRefused,
  theHealthCheckTimesOut,
  theHealthCheckIsAnsweredOtherwise,
  thePanicGuardKeepsTheServer,
  theDirectorsFindDifferentHealth,
  aDirectorIsInTrouble,
  theServiceBreaksARule,
  theDefaultRouteLeadsThroughTheDirector,
  aReversePathFilterDropsPackets,
  theMtuDiffers,
  theHostHasNoDefaultRoute,
  theAgentIsAway,
  aDirectorIsAway,
  somethingUndoesTheRepairs,
  theFirewallIsNotUnderstood,
  theServiceCannotBeAsked,
  theDirectorsCannotCheck,
  theServerHasANewMac,
  aRebootWouldForgetTheSettings,
  theStateOfTheAgentIsDamaged,
  driftIsSeenLate,
];
