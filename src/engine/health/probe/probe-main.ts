/**
 * The probe: a process of its own, in a network namespace of its own, that checks servers over the path that clients use.
 * The engine starts it, tells it what to ask, and is told what turned. It ends when the engine does.
 * Standard output carries answers and nothing else.
 */
import { createInterface } from 'node:readline';
import { systemCommands } from '../../../platform/command-runner.js';
import { Checker } from './checker.js';
import { laySettings, layLink } from './lay-namespace.js';
import { hostsText, namespaceText } from './namespace-text.js';
import type { ProbeAnswer, ProbeOrder } from './probe-messages.js';

type NetworkOrder = Extract<ProbeOrder, { kind: 'network' }>;

const commands = systemCommands;
const checker = new Checker((turns) => tell({ kind: 'turned', turns }));
let linked = false;
let before: Promise<void> = Promise.resolve();

function tell(answer: ProbeAnswer): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

function obey(order: ProbeOrder): void | Promise<void> {
  switch (order.kind) {
    case 'network':
      return told(layNetwork(order));
    case 'hosts':
      return told(load(hostsText(order.hosts)));
    case 'check':
      checker.put(order.checks, order.together);
      return tell({ kind: 'taken' });
    case 'forget':
      return checker.forget(order.ids);
    case 'pace':
      return tell({ kind: 'pace', ...checker.takePace() });
  }
}

async function layNetwork({ sources, hosts }: NetworkOrder): Promise<void> {
  if (!linked) await layLink(commands);
  await load(namespaceText(sources, hosts));
  if (!linked) await laySettings(commands);
  linked = true;
}

async function told(laying: Promise<void>): Promise<void> {
  const trouble = await laying.then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  tell({ kind: 'laid', trouble });
}

async function load(text: string): Promise<void> {
  await commands.run(['nft', '-f', '-'], { input: text });
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const order = JSON.parse(line) as ProbeOrder;
    // One after the other: nothing is checked before its host is known. What fails is told by who fails of it.
    before = before
      .then(() => obey(order))
      .catch((error: unknown) => void process.stderr.write(`${String(error)}\n`));
  })
  .on('close', () => process.exit(0));
tell({ kind: 'started' });
