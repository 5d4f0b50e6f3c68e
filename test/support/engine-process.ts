/** An engine as a process of its own on a director, and its way from there to a control plane of the test. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Server } from 'node:net';
import { join, resolve } from 'node:path';
import { relay } from '../lab/relay.js';
import { JOIN_TOKEN } from './control-plane-stand-in.js';
import type { DirectorNetwork } from './director-network.js';

/** In the director's namespace. */
const PORT = 3999;

/** A Unix socket leads from the director's namespace to the control plane, whichever there is at this port. */
export async function openDoor(net: DirectorNetwork, planePort: number): Promise<Server> {
  const socket = join(net.stateDir, 'door');
  const door = relay({ host: '127.0.0.1', port: planePort });
  await once(door.listen(socket), 'listening');
  const program = `import { relay } from '${resolve('dist/test/lab/relay.js')}';
    relay({ path: '${socket}' }).listen(${PORT}, '127.0.0.1', () => console.log('open'));`;
  const child = net.director.spawn([process.execPath, '--input-type=module', '--eval', program]);
  if (child.stdout !== null) await once(child.stdout, 'data');
  return door;
}

export function engineStateDir({ stateDir }: DirectorNetwork): string {
  return join(stateDir, 'engine');
}

/** In the director's namespace, where the engine serves its metrics. */
export const METRICS_PORT = 9464;

/** @param confined what the engine is started by, in its own process. */
export function startEngine(net: DirectorNetwork, confined: readonly string[] = []): ChildProcess {
  const [program, ...rest] = [...confined, process.execPath, resolve('dist/src/main.js'), 'engine'];
  return net.director.spawn([program, ...rest], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      HOMEWARD_API_URL: `http://127.0.0.1:${PORT}`,
      HOMEWARD_JOIN_TOKEN: JOIN_TOKEN,
      HOMEWARD_STATE_DIR: engineStateDir(net),
      HOMEWARD_METRICS_PORT: `${METRICS_PORT}`,
      HOMEWARD_LOG_LEVEL: 'silent',
    },
  });
}
