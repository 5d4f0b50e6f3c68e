/**
 * The small web server on each real server. A program of its own: `node web-server.js <name> <port>`.
 * `/` tells the name; `/download?pieces=n` sends a download; `/held?pieces=n` sends its first half slowly and then
 * trickles until `/release` is asked for, so that a test decides how long a download lasts and never a timer.
 * `/stop` ends the program. Every connection ends with its answer: a new request is a new flow.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { pieceOf, PIECE_BYTES } from './download-content.js';

const TICK_MS = 20;
const PIECES_A_BURST = 8;
const BURST_PAUSE_MS = 4;
const TRICKLE_BYTES = 16;

const [name = '', port = '80'] = process.argv.slice(2);
let release: () => void = () => undefined;
let released = new Promise<void>((resolve) => (release = resolve));

const server = createServer((request, response) => {
  answer(request, response).catch(() => response.destroy());
});
server.listen(Number(port), '::', () => process.stdout.write('listening\n'));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const pieces = Number(url.searchParams.get('pieces') ?? '0');
  response.setHeader('x-served-by', name);
  response.setHeader('connection', 'close');
  if (url.pathname === '/download') return send(response, pieces, pacedPiece);
  if (url.pathname === '/held') return send(response, pieces, heldFrom(Math.floor(pieces / 2)));
  if (url.pathname === '/release') letGo();
  if (url.pathname === '/stop') response.on('close', () => process.exit());
  response.end(`${name}\n`);
}

type SendPiece = (response: ServerResponse, index: number) => Promise<void>;

/** A burst now and then rather than all at once: captures on a busy machine must not lose a frame. */
const pacedPiece: SendPiece = async (response, index) => {
  await sendPiece(response, index);
  if (index % PIECES_A_BURST === 0) await sleep(BURST_PAUSE_MS);
};

async function send(response: ServerResponse, pieces: number, sendOne: SendPiece): Promise<void> {
  response.setHeader('content-length', pieces * PIECE_BYTES);
  for (let index = 0; index < pieces && !response.destroyed; index++) await sendOne(response, index);
  response.end();
}

/** Slow up to this piece, which trickles until the release; then as fast as it goes. */
function heldFrom(held: number): SendPiece {
  const until = released;
  return async (response, index) => {
    if (index < held) await sleep(TICK_MS);
    if (index !== held) return sendPiece(response, index);
    await trickle(response, pieceOf(index), until);
  };
}

async function trickle(response: ServerResponse, piece: Buffer, until: Promise<void>): Promise<void> {
  let waiting = true;
  void until.then(() => (waiting = false));
  let sent = 0;
  // The last bytes of the piece are never trickled: they tell that the release was seen.
  while (waiting && !response.destroyed) {
    const end = Math.min(sent + TRICKLE_BYTES, piece.length - TRICKLE_BYTES);
    if (end > sent) await write(response, piece.subarray(sent, end));
    sent = end;
    await sleep(TICK_MS);
  }
  await write(response, piece.subarray(sent));
}

function sendPiece(response: ServerResponse, index: number): Promise<void> {
  return write(response, pieceOf(index));
}

function write(response: ServerResponse, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) =>
    response.write(bytes, (error) => (error ? reject(error) : resolve())),
  );
}

function letGo(): void {
  release();
  released = new Promise<void>((resolve) => (release = resolve));
}
