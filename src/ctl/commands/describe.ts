/** `homeward ctl describe`: all of one object, for people who ask why. */
import type { ApiClient } from '../api-client.js';
import { findNode, findService } from '../find-object.js';
import { NODES, REVISIONS, VIRTUAL_SERVICES, kindNamed } from '../kinds.js';
import type { ListedNode } from '../listed.js';
import { nodeText } from '../output/node-text.js';
import { revisionText, type DescribedRevision } from '../output/revision-text.js';
import { serviceText, type DescribedService, type StatusTree } from '../output/service-text.js';
import { inFormat, type Format } from '../output/in-format.js';
import type { Said } from '../run-ctl.js';
import { UsageError } from '../usage-error.js';

export async function describe(api: ApiClient, name: string, meant: string, output: Format): Promise<Said> {
  const names = kindNamed(name)?.names;
  if (names === VIRTUAL_SERVICES.names) return describeService(api, meant, output);
  if (names === NODES.names) return describeNode(api, meant, output);
  if (names === REVISIONS.names) return describeRevision(api, meant, output);
  throw new UsageError(`describe a virtual-service, a node or a revision, not ${name}`);
}

async function describeService(api: ApiClient, meant: string, output: Format): Promise<Said> {
  const path = `/v1/virtual-services/${await findService(api, meant)}`;
  const [service, tree] = await Promise.all([
    api.json<DescribedService>({ path }),
    api.json<StatusTree>({ path: `${path}/status` }),
  ]);
  return { text: inFormat(output, { service, status: tree }, () => serviceText(service, tree)) };
}

async function describeNode(api: ApiClient, meant: string, output: Format): Promise<Said> {
  const node = await api.json<ListedNode>({ path: `${NODES.path('')}/${await findNode(api, meant)}` });
  return { text: inFormat(output, node, () => nodeText(node)) };
}

async function describeRevision(api: ApiClient, number: string, output: Format): Promise<Said> {
  const path = `${REVISIONS.path('')}/${encodeURIComponent(number)}`;
  const revision = await api.json<DescribedRevision>({ path });
  return { text: inFormat(output, revision, () => revisionText(revision)) };
}
