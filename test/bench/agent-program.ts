/**
 * What the one file costs the real server that it is installed on: its size, how long it takes to start, and the memory
 * that it keeps. It is the file that the API hands out, started with what its unit says, on a host and against a
 * control plane of its own. A start ends with the first report: by then the agent has read its documents and its host.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentLab, vipDocument, VIP } from '../support/agent-lab.js';
import { unitFlags } from '../support/unit-flags.js';

const FILE = 'dist/install/homeward-agent.cjs';
const TURNS = 10;
const START_LIMIT_MS = 10_000;
/** A garbage collection comes when it likes, and an agent is idle for days. */
const IDLE_MS = 2_000;

export interface AgentProgram {
  readonly bytes: number;
  /** With a VIP that it holds. */
  readonly idleRssMb: number;
  readonly turns: readonly AgentStart[];
}

interface AgentStart {
  /** From the spawn of the daemon to its first report. */
  readonly startMs: number;
  /** From the spawn of the file to the end of it, where it only tells its version. */
  readonly versionMs: number;
  /** The same of a Node with the same options that has nothing to do. */
  readonly floorMs: number;
}

type Environment = Readonly<Record<string, string>>;

export async function measureAgentProgram(): Promise<AgentProgram> {
  const env = { NODE_OPTIONS: await unitFlags() };
  const lab = await AgentLab.open('cost');
  try {
    await lab.startControlPlane();
    const idleRssMb = await measureIdle(lab, env);
    const turns: AgentStart[] = [];
    // In turns, so that all of them meet the machine as it is at the moment.
    while (turns.length < TURNS) {
      turns.push({
        floorMs: await timeToEnd(lab, ['-e', '0'], env),
        versionMs: await timeToEnd(lab, [FILE, '--version'], env),
        startMs: await timeToReport(lab, env),
      });
    }
    return { bytes: (await stat(FILE)).size, idleRssMb, turns };
  } finally {
    await lab.close();
  }
}

/** Leaves the agent joined, and with a VIP that it shall hold. */
async function measureIdle(lab: AgentLab, env: Environment): Promise<number> {
  const agent = lab.startAgent(FILE, env);
  await lab.putInForce({ [VIP]: vipDocument(VIP) });
  await sleep(IDLE_MS);
  const residentMb = await residentMbOf(agent);
  await lab.stop(agent);
  return residentMb;
}

async function timeToEnd(lab: AgentLab, args: readonly string[], env: Environment): Promise<number> {
  const began = performance.now();
  const child = lab.realServer.spawn([process.execPath, ...args], { env, stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}`);
  return performance.now() - began;
}

async function timeToReport(lab: AgentLab, env: Environment): Promise<number> {
  lab.reports.length = 0;
  const began = performance.now();
  const agent = lab.startAgent(FILE, env);
  await lab.until(() => lab.reports.length > 0, 'the first report', START_LIMIT_MS);
  const took = performance.now() - began;
  await lab.stop(agent);
  return took;
}

async function residentMbOf({ pid }: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}
