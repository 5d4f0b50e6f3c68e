/** Nodes under test against a stand-in for the control plane; what a test starts ends with it. For specs. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ControlPlaneStandIn, JOIN_TOKEN } from '../../test/support/control-plane-stand-in.js';
import { untilSo } from '../../test/support/until-so.js';
import type { VipDocument } from '../contract/documents.js';
import { createLogger } from '../platform/logger.js';
import { FakeNodeWork } from './node-work.fake.js';
import { runNode } from './run-node.js';

const logger = createLogger('test', 'silent');

/** A node under test, with all that a restart needs. */
class RunningNode {
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;

  constructor(
    readonly work: FakeNodeWork,
    options: { readonly apiUrl: string; readonly joinToken: string; readonly stateDir: string },
  ) {
    this.#ended = runNode(work, options, this.#stop.signal, logger);
    this.#ended.catch(() => undefined);
  }

  get ended(): Promise<void> {
    return this.#ended;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }
}

export class NodeLab {
  readonly #nodes: RunningNode[] = [];

  private constructor(
    readonly stateDir: string,
    readonly plane: ControlPlaneStandIn,
  ) {}

  static async open(): Promise<NodeLab> {
    const stateDir = await mkdtemp(join(tmpdir(), 'homeward-node-'));
    return new NodeLab(stateDir, await ControlPlaneStandIn.start());
  }

  async close(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.stop().catch(() => undefined)));
    await this.plane.close();
    await rm(this.stateDir, { recursive: true, force: true });
  }

  start(work = new FakeNodeWork(), apiUrl = this.plane.url, joinToken = JOIN_TOKEN): RunningNode {
    const node = new RunningNode(work, { apiUrl, joinToken, stateDir: this.stateDir });
    this.#nodes.push(node);
    return node;
  }

  get reportedVersion(): number | undefined {
    return this.plane.lastReport?.position?.version;
  }

  reportedCondition(type: string) {
    return this.plane.lastReport?.conditions.find((condition) => condition.type === type);
  }
}

export function vip(last: number, port = 80): VipDocument {
  return { kind: 'vip', address: `192.0.2.${last}`, services: [{ protocol: 'tcp', port, endPort: port }] };
}

export const until = (isSo: () => boolean, what = 'it') => untilSo(isSo, what, 4_000);
