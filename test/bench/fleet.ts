/** The fake fleet as the bench sees it: makes its nodes known by REST, starts its process, and asks how it is doing. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { API_ADDRESS, API_PORT, HOST_ADDRESSES } from './addresses.js';
import type { FleetSettings, FleetState, FromFleet, ToFleet } from './fleet-messages.js';
import type { RestClient } from './rest-client.js';

const PROGRAM = fileURLToPath(new URL('./fleet-program.js', import.meta.url));

export class Fleet {
  private constructor(private readonly child: ChildProcess) {
    child.once('exit', this.onExit);
  }

  static async start(api: RestClient): Promise<Fleet> {
    const agents: FleetSettings['agents'][number][] = [];
    for (const address of HOST_ADDRESSES) {
      const body = { name: `host-${address}`, role: 'agent', addresses: [address] };
      const { joinToken } = await api.call<{ joinToken: string }>('POST', '/v1/nodes', body);
      agents.push({ address, joinToken });
    }
    const settings: FleetSettings = { apiUrl: `http://${API_ADDRESS}:${API_PORT}`, agents };
    const child = fork(PROGRAM, [JSON.stringify(settings)], { serialization: 'json' });
    const fleet = new Fleet(child);
    await once(child, 'message');
    return fleet;
  }

  /** How long agents collect changes before they report. */
  pace(ms: number): void {
    this.tell({ kind: 'pace', ms });
  }

  async state(): Promise<FleetState> {
    this.tell({ kind: 'ask' });
    const [answer] = (await once(this.child, 'message')) as [FromFleet];
    if (answer.kind !== 'state') throw new Error('the fleet answered something else');
    return answer.state;
  }

  async stop(): Promise<void> {
    this.child.off('exit', this.onExit);
    const gone = once(this.child, 'exit');
    this.child.disconnect();
    await gone;
  }

  private readonly onExit = (code: number | null): never => {
    process.stderr.write(`the fleet ended by itself (${code})\n`);
    process.exit(1);
  };

  private tell(message: ToFleet): void {
    this.child.send(message);
  }
}
