/**
 * The agent's work with its Windows driver, once: `windows-agent <state folder> <stand-in's state file> <documents>`.
 * Ends with 0 where the host is as the documents say.
 */
import { fileURLToPath } from 'node:url';
import { windowsReader } from '../../../src/agent/hosts/windows/read-for-proofs.js';
import { WindowsHost } from '../../../src/agent/hosts/windows/windows-host.js';
import { Proofs } from '../../../src/agent/proofs/proofs.js';
import { VipKeeper } from '../../../src/agent/keeper/vip-keeper.js';
import type { VipDocument } from '../../../src/contract/documents.js';
import { systemCommands } from '../../../src/platform/command-runner.js';
import { createLogger } from '../../../src/platform/logger.js';

const [stateDir = '', hostFile = '', documents = '[]'] = process.argv.slice(2);
const standIn = fileURLToPath(new URL('powershell-stand-in.js', import.meta.url));

const logger = createLogger('agent', 'silent');
const program = [process.execPath, standIn, hostFile] as const;
const host = new WindowsHost(systemCommands, program);
// Nothing listens on the VIP of a host that is not there.
const proofs = new Proofs(windowsReader(systemCommands, program), logger, {
  probe: () => Promise.resolve([]),
});
const keeper = new VipKeeper(host, proofs, stateDir, logger);
const bodies = JSON.parse(documents) as VipDocument[];
const faults = await keeper.reconcile(
  new Map(bodies.map((body) => [body.address, { key: body.address, version: 1, revision: 1, body }])),
  1,
  // Whatever leaves, leaves by a change of operators.
  { strange: [], released: new Set(['192.0.2.200']) },
);
await keeper.stop();
process.exitCode = faults.length === 0 ? 0 : 1;
