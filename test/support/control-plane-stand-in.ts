/**
 * The node's side of the wire needs something at the other end that can be told to misbehave: a small HTTP server that
 * keeps documents, streams them as the contract says, takes reports, and lets a test send what it likes.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { documentDigest, EMPTY_SET_DIGEST, toggleInSetDigest } from '../../src/contract/digest.js';
import type { Document, DocumentBody } from '../../src/contract/documents.js';
import { JOIN_PATH, type JoinAnswer, type JoinRequest, type NodeRole } from '../../src/contract/join.js';
import { ANSWERS_PATH, type AnswerMessage, type QuestionMessage } from '../../src/contract/questions.js';
import { REPORT_PATH, type Report } from '../../src/contract/report.js';
import { DOCUMENTS_PATH, type DocumentsMessage } from '../../src/contract/stream.js';

const CLUSTER = '3f0c1c9e-3a0e-4f5e-9a3c-1d2e3f4a5b6c';
export const CREDENTIAL = `hwn_${'c'.repeat(43)}`;
export const JOIN_TOKEN = `hwj_${'t'.repeat(43)}`;

export class ControlPlaneStandIn {
  /** Every document that ever was, those that are gone with a null body. */
  readonly documents = new Map<string, Document>();
  readonly reports: Report[] = [];
  readonly answers: { readonly id: string; readonly body: AnswerMessage }[] = [];
  onReport: (report: Report) => void = () => undefined;
  readonly joins: JoinRequest[] = [];
  /** The query of every stream that was opened; empty where a snapshot was asked for. */
  readonly asked: string[] = [];
  version = 0;
  epoch = 1;
  seed = 4711;
  role: NodeRole = 'agent';
  /** Status with which streams and reports are answered instead. */
  refuseWith: number | undefined;
  /** Sends nothing of itself when a stream opens. */
  silent = false;
  /** Whether what goes, goes by an operator's change. */
  approves = true;
  /** What the answer to the next report asks for. */
  demandComplete = false;
  /** The highest sequence of a report; one that does not rise above it is dropped, as the control plane does. */
  sequence = 0;
  readonly #streams = new Set<ServerResponse>();

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => void this.#answer(request, response));
  }

  static async start(port = 0, host = '127.0.0.1'): Promise<ControlPlaneStandIn> {
    const server = createServer();
    const standIn = new ControlPlaneStandIn(server);
    await new Promise<void>((resolve) => server.listen(port, host, resolve));
    return standIn;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Changes documents and sends the delta; a null body removes. */
  put(bodies: Readonly<Record<string, DocumentBody | null>>): void {
    this.version += 1;
    const changed = Object.entries(bodies).map(([key, body]) => this.#remember(key, body));
    this.send(this.message({ kind: 'delta', documents: changed }));
  }

  /** A well-made message about the present state; `over` makes it wrong in the way a test wants. */
  message(over: Partial<DocumentsMessage> = {}): DocumentsMessage {
    const living = [...this.documents.values()].filter((document) => document.body !== null);
    return {
      format: 1,
      kind: 'snapshot',
      cluster: CLUSTER,
      epoch: this.epoch,
      version: this.version,
      revision: this.version,
      seed: this.seed,
      digest: setDigest(living),
      last: true,
      documents: living,
      ...over,
    };
  }

  send(message: unknown): void {
    this.sendRaw(`event: documents\ndata: ${JSON.stringify(message)}\n\n`);
  }

  ask(question: Omit<QuestionMessage, 'question'> & { readonly question: object }): void {
    this.sendRaw(`event: question\ndata: ${JSON.stringify(question)}\n\n`);
  }

  sendRaw(text: string | Uint8Array): void {
    for (const stream of this.#streams) stream.write(text);
  }

  dropStreams(): void {
    for (const stream of this.#streams) stream.destroy();
  }

  get openStreams(): number {
    return this.#streams.size;
  }

  get lastReport(): Report | undefined {
    return this.reports.at(-1);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #remember(key: string, body: DocumentBody | null): Document {
    const { version } = this;
    const approval = body === null && this.approves ? { approval: version } : {};
    const document: Document = { key, version, revision: version, body, ...approval };
    this.documents.set(key, document);
    return document;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://stand-in');
    const body = await textOf(request);
    if (url.pathname === JOIN_PATH) return this.#join(JSON.parse(body) as JoinRequest, response);
    if (this.refuseWith !== undefined || request.headers.authorization !== `Bearer ${CREDENTIAL}`) {
      return void response.writeHead(this.refuseWith ?? 401).end('no');
    }
    if (url.pathname === DOCUMENTS_PATH) return this.#stream(url, response);
    const [, answered] = url.pathname.split(`${ANSWERS_PATH}/`);
    if (answered !== undefined) {
      this.answers.push({ id: answered, body: JSON.parse(body) as AnswerMessage });
      return void response.writeHead(204).end();
    }
    if (url.pathname !== REPORT_PATH) return void response.writeHead(404).end();
    this.#take(JSON.parse(body) as Report);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ complete: this.demandComplete, sequence: this.sequence }));
    this.demandComplete = false;
  }

  #take(report: Report): void {
    if (report.sequence <= this.sequence) return;
    this.sequence = report.sequence;
    this.reports.push(report);
    this.onReport(report);
  }

  #join(request: JoinRequest, response: ServerResponse): void {
    this.joins.push(request);
    if (this.refuseWith !== undefined) return void response.writeHead(this.refuseWith).end('busy');
    if (request.joinToken !== JOIN_TOKEN) return void response.writeHead(401).end('unknown join token');
    const answer: JoinAnswer = {
      format: 1,
      cluster: CLUSTER,
      nodeId: 'b1e0c6d4-0000-4000-8000-000000000001',
      role: this.role,
      addresses: [],
      credential: CREDENTIAL,
    };
    response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }

  #stream(url: URL, response: ServerResponse): void {
    this.asked.push(url.search);
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    this.#streams.add(response);
    response.on('close', () => this.#streams.delete(response));
    if (this.silent) return;
    const since = url.searchParams.get('version');
    const message = since === null ? this.message() : this.#deltaSince(Number(since));
    response.write(`event: documents\ndata: ${JSON.stringify(message)}\n\n`);
  }

  #deltaSince(version: number): DocumentsMessage {
    const documents = [...this.documents.values()].filter((document) => document.version > version);
    return this.message({ kind: 'delta', documents });
  }
}

function setDigest(documents: readonly Document[]): string {
  return documents.reduce(
    (digest, { key, body }) =>
      body === null ? digest : toggleInSetDigest(digest, documentDigest(key, body)),
    EMPTY_SET_DIGEST,
  );
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
