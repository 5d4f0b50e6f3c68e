/** One virtual service with its real servers and its directors, for people. Pure. */
import type { ListedServer, ListedService, Status } from '../listed.js';
import { conditionLines } from './conditions-text.js';
import { withoutControls } from './columns.js';
import { servicePlace } from './service-place.js';

export interface DescribedService extends ListedService {
  readonly description: string;
  readonly enabled: boolean;
  readonly scheduler: string;
  readonly drainSeconds: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly healthCheck: { readonly type: string };
  readonly realServers: readonly ListedServer[];
}

interface NodeInForce {
  readonly name: string;
  readonly provisioning: string;
  readonly revisionInForce: number | null;
  readonly reason: string;
  readonly message: string;
}

export interface StatusTree {
  readonly revision: number;
  readonly status: Status;
  readonly directors: readonly NodeInForce[];
  readonly realServers: readonly {
    readonly id: string;
    readonly status: Status;
    readonly agent: NodeInForce | null;
  }[];
}

export function serviceText(service: DescribedService, tree: StatusTree): string {
  const lines = [
    ...headLines(service, tree),
    ...indented(conditionLines(tree.status.conditions)),
    'Directors:',
    ...indented(tree.directors.length === 0 ? ['none has joined'] : tree.directors.map(nodeLine)),
    'Real servers:',
    ...indented(service.realServers.flatMap((server) => serverLines(server, tree))),
  ];
  return `${lines.map(withoutControls).join('\n')}\n`;
}

function headLines(service: DescribedService, { revision, status }: StatusTree): string[] {
  const { id, name, description, enabled, scheduler, healthCheck, drainSeconds, tags } = service;
  const tagged = Object.entries(tags).map(([key, value]) => `${key}=${value}`);
  return [
    `Virtual service ${name || id}`,
    `  id           ${id}`,
    `  serves       ${servicePlace(service)}${enabled ? '' : ' (disabled)'}`,
    ...(description === '' ? [] : [`  description  ${description}`]),
    `  scheduler    ${scheduler}, health check ${healthCheck.type}, drains for ${drainSeconds} s`,
    ...(tagged.length === 0 ? [] : [`  tags         ${tagged.join(', ')}`]),
    `  revision     ${revision}`,
    `Status: ${status.operating}, ${status.provisioning}`,
  ];
}

function serverLines(
  { id, address, port, weight, enabled, backup }: ListedServer,
  tree: StatusTree,
): string[] {
  const found = tree.realServers.find((each) => each.id === id);
  if (found === undefined) return [];
  const { status, agent } = found;
  const role = `${backup ? ', backup' : ''}${enabled ? '' : ', disabled'}`;
  return [
    `${address}:${port}, weight ${weight}${role}: ${status.operating}, ${status.provisioning}`,
    ...indented([
      ...conditionLines(status.conditions),
      ...(agent === null ? [] : [`agent ${nodeLine(agent)}`]),
    ]),
  ];
}

function nodeLine({ name, provisioning, revisionInForce, message }: NodeInForce): string {
  const inForce = revisionInForce === null ? '' : ` (revision ${revisionInForce})`;
  return `${name}: ${provisioning}${inForce}: ${message}`;
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
