/**
 * The stand-in for a control plane as a process of its own, so that it can run inside a namespace beside a node.
 * It is told what to do, and tells what it was reported, over the channel to the test that forked it.
 */
import type { DocumentBody } from '../../src/contract/documents.js';
import type { Report } from '../../src/contract/report.js';
import { ControlPlaneStandIn } from './control-plane-stand-in.js';

/** What the test sends. */
export type Order = {
  readonly put: Readonly<Record<string, DocumentBody | null>>;
  /** Whether what goes, goes by an operator's change. */
  readonly approves: boolean;
};
/** What the test is sent. */
export type Notice = { readonly port: number } | { readonly version: number } | { readonly report: Report };

void serve();

async function serve(): Promise<void> {
  const plane = await ControlPlaneStandIn.start();
  process.on('message', (order: Order) => {
    plane.approves = order.approves;
    plane.put(order.put);
    tell({ version: plane.version });
  });
  process.on('disconnect', () => process.exit());
  plane.onReport = (report) => tell({ report });
  tell({ port: plane.port });
}

function tell(notice: Notice): void {
  process.send?.(notice);
}
