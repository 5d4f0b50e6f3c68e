/**
 * `homeward engine doctor`: says what stands against traffic on this director, the gravest first, from the last known good
 * and from what it sees here. It needs no control plane, and changes nothing; an engine may run meanwhile.
 */
import { systemCommands } from '../../platform/command-runner.js';
import { doctorEnv } from '../../platform/env.js';
import { runDoctor, type DoctorSays } from '../../platform/run-doctor.js';
import { describeDirector } from '../doctor/describe-director.js';
import { examineDirector } from '../doctor/examine-director.js';
import { judgeDirector } from '../doctor/judge-director.js';

export function doctorEngine({ json = false }: { readonly json?: boolean }): Promise<void> {
  return runDoctor(() => look(json));
}

async function look(json: boolean): Promise<DoctorSays> {
  const examined = await examineDirector(systemCommands, doctorEnv());
  const findings = judgeDirector(examined);
  const { kernel, programs, ground, services, told, toldAt } = examined;
  const facts = { kernel, programs, ground, services: services.length, told, toldAt };
  const text = json
    ? `${JSON.stringify({ ...facts, findings }, null, 2)}\n`
    : describeDirector(examined, findings);
  return { text, found: findings.length };
}
