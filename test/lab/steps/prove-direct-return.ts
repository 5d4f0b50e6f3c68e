/**
 * Step 3: Direct return, counted in bytes on the director, and silence, heard on the wire.
 * Both are proofs of absence, so each first shows that there was something to be seen.
 */
import { Capture } from '../capture.js';
import { answerArp } from '../controls.js';
import { digestOf, PIECE_BYTES } from '../download-content.js';
import { replyBytes } from '../evidence.js';
import { grouped, mebibytes, progress } from '../progress.js';
import { FAMILIES, urlOf, type RunningLab, type Step } from '../running-lab.js';
import { LAN, ROUTER_LAN, SERVICE_PORT, VIP } from '../topology.js';
import { askDirector } from './ask-director.js';
import { proveSilence } from './prove-silence.js';

/** 16 MiB for each address family. */
const PIECES = 1024;
/** Acknowledgements are far less than this share of what they acknowledge. */
const MOST_OF_REPLIES = 0.1;

export const proveDirectReturn: Step = {
  title: 'Prove: no byte of a reply on the director, and no other host claims the VIP',
  async run(lab) {
    await countReplies(lab);
    await askDirector(lab);
    await answerArp(lab);
    await proveSilence(lab);
  },
};

async function countReplies(lab: RunningLab): Promise<void> {
  const onDirector = await Capture.start(lab.hosts.director, LAN);
  const onRouter = await Capture.start(lab.hosts.router, ROUTER_LAN);
  const before = await bytesReceived(lab);
  for (const family of FAMILIES) await download(lab, urlOf(family, `/download?pieces=${PIECES}`));
  const received = (await bytesReceived(lab)) - before;
  const [atDirector, atRouter] = await Promise.all([onDirector.stop(), onRouter.stop()]);
  const vips = Object.values(VIP);
  lab.findings.replyBytesOnDirector = replyBytes(atDirector, vips, SERVICE_PORT);
  lab.findings.replyBytesOnRouter = replyBytes(atRouter, vips, SERVICE_PORT);
  judgeReplies(lab, received);
}

async function download(lab: RunningLab, url: string): Promise<void> {
  const began = performance.now();
  const { bytes, sha256, servedBy } = await lab.client.get(url);
  if (bytes !== PIECES * PIECE_BYTES || sha256 !== digestOf(PIECES))
    throw new Error(`${url} did not come whole`);
  const rate = bytes / 1_048_576 / ((performance.now() - began) / 1000);
  progress.seen(`${mebibytes(bytes)} from ${url}, by ${servedBy}`, `${Math.round(rate)} MiB/s`);
}

/** The kernel's own counter: it knows nothing of the capture, and so checks it. */
async function bytesReceived(lab: RunningLab): Promise<number> {
  const shown = await lab.hosts.director.exec(['ip', '-j', '-s', 'link', 'show', 'dev', LAN]);
  const [link] = JSON.parse(shown) as [{ stats64: { rx: { bytes: number } } }];
  return link.stats64.rx.bytes;
}

function judgeReplies({ findings }: RunningLab, received: number): void {
  const { replyBytesOnDirector: onDirector, replyBytesOnRouter: onRouter } = findings;
  if (onRouter === null || onRouter === 0)
    throw new Error('the router captured no reply, so nothing is proved');
  const little = received < onRouter * MOST_OF_REPLIES;
  findings.directReturn = onDirector === 0 && little && findings.ipv4 && findings.ipv6;
  const counts = `bytes of replies: ${grouped(onRouter)} at the router, ${grouped(onDirector ?? 0)} on the director`;
  if (!findings.directReturn) throw new Error(`${counts}, whose ${LAN} received ${grouped(received)} bytes`);
  progress.seen(counts);
  progress.seen(`the director's ${LAN} received only the requests`, `${mebibytes(received)} by its counter`);
}
