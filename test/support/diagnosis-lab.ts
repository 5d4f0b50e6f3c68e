/**
 * A virtual service with one real server, for the API's diagnosis: a real agent and a real engine report to a real
 * control plane. Whatever is made on the host or said to the API is seen by them alone.
 */
import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Server } from 'node:net';
import { join, resolve } from 'node:path';
import { relay } from '../lab/relay.js';
import type { ApiUnderTest } from './api-under-test.js';
import { VIP4 } from './director-hosts.js';
import { DirectorNetwork } from './director-network.js';
import { stopProcess, type Host } from './namespaces.js';
import { RealControlPlane } from './real-control-plane.js';
import { TrafficPeer } from './traffic.js';

export const ADDRESS = '192.0.2.13';
const PORT = 3999;

export class DiagnosisLab {
  agent: ChildProcess | undefined;
  #agentEnv: Readonly<Record<string, string>> = {};
  #door: Server | undefined;

  private constructor(
    readonly plane: RealControlPlane,
    readonly net: DirectorNetwork,
    readonly server: Host,
    /** Of the virtual service. */
    readonly service: string,
    /** Of its real server. */
    readonly realServer: string,
  ) {}

  /** Neither agent nor engine runs yet. */
  static async open(): Promise<DiagnosisLab> {
    const plane = await RealControlPlane.start();
    const net = await DirectorNetwork.create(`hw${process.pid}-dia`);
    const server = await net.network.addHost({
      name: 'three',
      links: [{ bridge: 'lan', mac: '02:00:00:00:00:b3', addresses: [`${ADDRESS}/24`] }],
      routes: [{ to: 'default', via: '192.0.2.1' }],
    });
    const made = await plane.api.createService({ address: VIP4, realServers: [{ address: ADDRESS }] });
    const service = `/v1/virtual-services/${made.id}`;
    const realServer = `${service}/real-servers/${made.realServers[0]?.id}`;
    return new DiagnosisLab(plane, net, server, service, realServer);
  }

  async close(): Promise<void> {
    await this.plane.stopEngine();
    await this.net.close();
    this.#door?.close();
    await this.plane.close();
  }

  get api(): ApiUnderTest {
    return this.plane.api;
  }

  get agentDir(): string {
    return join(this.plane.dir, 'agent');
  }

  /** In a shell on the real server. */
  sh(command: string): Promise<string> {
    return this.server.exec(['sh', '-c', command]);
  }

  async codes(realServer = this.realServer): Promise<readonly string[]> {
    const { body } = await this.api.get(`${realServer}/diagnosis`).expect(200);
    return body.findings.map(({ code }: { code: string }) => code);
  }

  /** Lets the host's agent join, once it is started. */
  async expectAgent(): Promise<void> {
    await this.#openDoor();
    const node = { name: 'web-3', role: 'agent', addresses: [ADDRESS] };
    const { body } = await this.api.post('/v1/nodes', node);
    this.#agentEnv = {
      HOMEWARD_API_URL: `http://127.0.0.1:${PORT}`,
      HOMEWARD_JOIN_TOKEN: String(body.joinToken),
      HOMEWARD_STATE_DIR: this.agentDir,
      HOMEWARD_SYSCTL_DIR: this.agentDir,
      HOMEWARD_LOG_LEVEL: 'silent',
    };
  }

  /** It has mounts of its own, so that a program can be hidden from it alone. */
  startAgent(): void {
    const program = [process.execPath, resolve('dist/test/bundled/quick-agent.cjs')];
    this.agent = this.server.spawn(['unshare', '--mount', '--', ...program], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: this.#agentEnv,
    });
  }

  async stopAgent(): Promise<void> {
    if (this.agent !== undefined) await stopProcess(this.agent);
  }

  /** An agent that starts anew asks its services at once. */
  async startAgentAnew(): Promise<void> {
    await this.stopAgent();
    this.startAgent();
  }

  /** In a shell that sees what the agent sees of the host's files. */
  besideTheAgent(command: string): Promise<string> {
    const mounts = `--mount=/proc/${this.agent?.pid}/ns/mnt`;
    return this.server.exec(['nsenter', mounts, '--', 'sh', '-c', command]);
  }

  async serve(address: string, port = 80): Promise<TrafficPeer> {
    const peer = new TrafficPeer(this.server);
    await peer.serve({ name: 'three', protocol: 'tcp', address, port });
    return peer;
  }

  /** One more service of the host. */
  async createOther(body: { address: string; port: number }) {
    const made = await this.api.createService({ ...body, realServers: [{ address: ADDRESS }] });
    const service = `/v1/virtual-services/${made.id}`;
    return { service, realServer: `${service}/real-servers/${made.realServers[0]?.id}` };
  }

  /** Whether the director is told by the kernel of what becomes of its host. */
  async watches(): Promise<boolean> {
    const { conditions } = await this.net.engine.describe();
    return conditions.some(({ type, status }) => type === 'HostWatched' && status === 'True');
  }

  /** As though the node had been silent for so long. */
  async pass(interval: string, node: string): Promise<void> {
    await this.api.query(
      'UPDATE node_status s SET last_seen_at = now() - $2::interval FROM node n WHERE n.id = s.node_id AND n.name = $1',
      [node, interval],
    );
  }

  /** A Unix socket leads from the host's namespace to the API. */
  async #openDoor(): Promise<void> {
    const socket = join(this.plane.dir, 'door');
    this.#door = relay({ host: '127.0.0.1', port: Number(new URL(this.api.base).port) });
    await once(this.#door.listen(socket), 'listening');
    const program = `import { relay } from '${resolve('dist/test/lab/relay.js')}';
      relay({ path: '${socket}' }).listen(${PORT}, '127.0.0.1', () => console.log('open'));`;
    const child = this.server.spawn([process.execPath, '--input-type=module', '--eval', program]);
    if (child.stdout !== null) await once(child.stdout, 'data');
  }
}
