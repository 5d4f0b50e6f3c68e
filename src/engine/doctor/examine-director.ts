/**
 * Looks at everything on a director that its doctor judges. It asks no director and changes nothing; the control plane is
 * asked for its health alone, and only where it is known.
 */
import { readFile } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import { bodyDecoder } from '../../contract/decode-documents.js';
import type { ServiceDocument } from '../../contract/documents.js';
import { ask, textOf } from '../../link/ask.js';
import type { HeldDocuments } from '../../link/held/held-documents.js';
import { readHeldIfThere } from '../../link/held/read-held-if-there.js';
import { loadIdentity } from '../../link/node-identity.js';
import type { CommandRunner } from '../../platform/command-runner.js';
import type { DoctorEnv } from '../../platform/env.js';
import { isFileLocked } from '../../platform/file-lock.js';
import { HostReader, type HostReading } from '../network/host-reader.js';
import { Segments } from '../../forwarding/segments.js';
import { survey } from '../network/survey.js';
import type { ExaminedDirector, FoundGround, HeldBack } from './examined-director.js';
import { readNeighbours } from './read-neighbours.js';
import { readPrograms } from './read-programs.js';
import { readToldAt } from './read-told-at.js';
import { readTable } from './read-table.js';
import { ROUTING } from './judge-forwarding.js';

const API_LIMIT_MS = 3_000;

export type DoctorSettings = Pick<DoctorEnv, 'stateDir' | 'interface' | 'apiUrl'>;

export async function examineDirector(
  commands: CommandRunner,
  settings: DoctorSettings,
): Promise<ExaminedDirector> {
  const { stateDir } = settings;
  const identity = await loadIdentity(stateDir, 'director');
  const { held, kept } = await readHeldIfThere(stateDir);
  const services = servicesOf(held);
  const reading = await new HostReader(commands).read();
  const segments = new Segments(reading.interfaces);
  const servers = [...new Set(services.flatMap((each) => each.servers.map(({ address }) => address)))];
  const joined = identity?.addresses ?? [];
  const [programs, table, unreachable, apiProblem] = await Promise.all([
    readPrograms(commands),
    readTable(commands),
    readNeighbours(commands, servers),
    problemOfApi(settings.apiUrl),
  ]);
  return {
    kernel: release(),
    programs,
    noRights: table.noRights,
    joined: identity === undefined ? null : joined,
    engineRuns: await isFileLocked(join(stateDir, 'lock')),
    kept,
    toldAt: await readToldAt(stateDir),
    told: held.head === null ? null : { revision: held.head.revision, heldBack: heldBackBy(held) },
    services,
    ground: groundOf(reading, settings.interface, joined),
    table: table.found,
    addresses: new Set(reading.interfaces.flatMap((each) => each.addresses.map(({ address }) => address))),
    offSegment: servers.filter((address) => segments.deviceFor(address) === undefined),
    unreachable,
    sysctls: await readSysctls(),
    apiProblem,
  };
}

function heldBackBy({ refused, heldBackDigest: digest }: HeldDocuments): HeldBack | null {
  return refused.size === 0 ? null : { services: refused.size, digest };
}

/** As they are in force, with a server: of others nothing stands in the kernel. */
function servicesOf(held: HeldDocuments): readonly ServiceDocument[] {
  return held.usable().flatMap(({ body }) => {
    const decoded = bodyDecoder('director')(body);
    if (!decoded.ok || decoded.value.kind !== 'service') return [];
    return decoded.value.servers.length === 0 ? [] : [decoded.value];
  });
}

function groundOf(
  reading: HostReading,
  named: string | undefined,
  joined: readonly string[],
): FoundGround | { readonly problem: string } {
  try {
    const { ground, vipDevice } = survey(reading, { seed: 1, named, joined, cluster: undefined });
    const down = reading.interfaces.filter(({ name, up }) => ground.devices.includes(name) && !up);
    return { vipDevice, devices: ground.devices, down: down.map(({ name }) => name) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

async function readSysctls(): Promise<Record<string, string>> {
  const read = async (name: string): Promise<[string, string][]> => {
    const text = await readFile(`/proc/sys/${name.replaceAll('.', '/')}`, 'utf8').catch(() => undefined);
    return text === undefined ? [] : [[name, text.trim()]];
  };
  return Object.fromEntries((await Promise.all(ROUTING.map(read))).flat());
}

async function problemOfApi(apiUrl: string | undefined): Promise<string | null | undefined> {
  if (apiUrl === undefined) return undefined;
  try {
    const answer = await ask(`${apiUrl}/healthz`, {
      method: 'GET',
      signal: AbortSignal.timeout(API_LIMIT_MS),
    });
    await textOf(answer);
    return answer.ok ? null : `${apiUrl}/healthz answered ${answer.status}.`;
  } catch (error) {
    return `${apiUrl}/healthz: ${error instanceof Error ? error.message : String(error)}.`;
  }
}
