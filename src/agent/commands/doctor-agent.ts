/**
 * `homeward agent doctor`: says why traffic would not flow through this host, the most likely cause first, from the last
 * known good and from what it sees here. It needs no control plane, and changes nothing; an agent may run meanwhile.
 */
import { systemCommands } from '../../platform/command-runner.js';
import { bootEnv } from '../../platform/env.js';
import { createLogger } from '../../platform/logger.js';
import { runDoctor, type DoctorSays } from '../../platform/run-doctor.js';
import { describeFindings } from '../doctor/describe-findings.js';
import { diagnoseHost } from '../doctor/diagnose-host.js';
import { examineHost } from '../doctor/examine-host.js';
import { hostForPlatform } from '../hosts/host-for-platform.js';
import { serviceProbe } from '../proofs/probe-service.js';

export function doctorAgent({ json = false }: { readonly json?: boolean }): Promise<void> {
  return runDoctor(() => look(json));
}

async function look(json: boolean): Promise<DoctorSays> {
  const { stateDir, sysctlDir, runDir } = bootEnv();
  const { examine, readHost, isLocked } = hostForPlatform(process.platform, systemCommands, sysctlDir);
  const examined = await examineHost({
    stateDir,
    examine,
    readHost,
    probe: serviceProbe(),
    agentRuns: () => isLocked(runDir),
    logger: createLogger('agent', 'silent'),
  });
  const findings = diagnoseHost(examined);
  const services = examined.vips.flatMap(({ asked }) => asked).length;
  const os = process.platform === 'win32' ? 'windows' : 'linux';
  const text = json
    ? `${JSON.stringify({ os, services, findings }, null, 2)}\n`
    : describeFindings(findings, services, os);
  return { text, found: findings.length };
}
