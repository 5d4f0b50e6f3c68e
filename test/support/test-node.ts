/**
 * A director or an agent as the API sees one: it joins, follows its stream, holds what it is sent, and reports what
 * the test tells it to. It decides nothing by itself, so that a test can let it lie, lag or fall silent.
 */
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { createParser } from 'eventsource-parser';
import { NFTABLES_CAPABILITIES, type Capabilities } from '../../src/contract/capabilities.js';
import type { Document, ServiceDocument, VipDocument, VipService } from '../../src/contract/documents.js';
import { documentDigest, EMPTY_SET_DIGEST, toggleInSetDigest } from '../../src/contract/digest.js';
import { JOIN_PATH, type JoinAnswer, type NodeRole } from '../../src/contract/join.js';
import {
  NO_DRIFT,
  REPORT_PATH,
  type AgentReport,
  type DirectorReport,
  type Fault,
  type ReportedDrift,
  type ReportedHost,
  type ReportedVip,
  type ServiceFact,
  type SilenceFact,
} from '../../src/contract/report.js';
import { ANSWERS_PATH, QUESTION_EVENT, type QuestionMessage } from '../../src/contract/questions.js';
import {
  DOCUMENTS_EVENT,
  DOCUMENTS_PATH,
  type DocumentsMessage,
  type Position,
} from '../../src/contract/stream.js';
import type { ApiUnderTest } from './api-under-test.js';
import { untilSo } from './until-so.js';

const WAIT_MS = 8_000;
const NO_HOST: ReportedHost = { interfaces: [], gateways: [] };

export class TestNode {
  /** Every message since the node was made, over all of its streams. */
  readonly messages: DocumentsMessage[] = [];
  readonly held = new Map<string, Document>();
  position: Position | null = null;
  /** Every question that came. */
  readonly questions: QuestionMessage[] = [];
  /** What is sent as the body of an answer; undefined: none. */
  replying: (asked: QuestionMessage) => object | undefined = () => undefined;
  /** Whether the stream that was opened last has ended. */
  hungUp = true;
  private revision = 0;
  private sequence = 0;
  private stream: ClientRequest | null = null;

  private constructor(
    private api: ApiUnderTest,
    readonly role: NodeRole,
    readonly id: string,
    readonly credential: string,
  ) {}

  static async join(
    api: ApiUnderTest,
    role: NodeRole,
    name: string,
    addresses: readonly string[],
  ): Promise<TestNode> {
    const made = await api.post('/v1/nodes', { name, role, addresses }).expect(201);
    const ask = { format: 1, joinToken: String(made.body.joinToken), role, addresses };
    const answer = await api.send('post', JOIN_PATH, null).send(ask).expect(200);
    const { nodeId, credential } = answer.body as JoinAnswer;
    return new TestNode(api, role, nodeId, credential);
  }

  /** Opens a stream from the position that is held, and holds what comes. */
  async follow(api: ApiUnderTest = this.api, since: Position | null = this.position): Promise<void> {
    this.leave();
    this.api = api;
    const response = await this.open(`${api.base}${DOCUMENTS_PATH}${queryOf(since)}`);
    if (response.statusCode !== 200) throw new Error(`the stream was refused: ${response.statusCode}`);
    const first = this.messages.length;
    this.read(response);
    await this.until(() => this.messages.slice(first).some(({ last }) => last), 'the first batch');
  }

  leave(): void {
    this.stream?.destroy();
    this.stream = null;
  }

  /** Resolves when everything that was committed for this node by now has arrived. */
  async caughtUp(): Promise<void> {
    const scope = this.role === 'director' ? 'directors' : this.id;
    const [row] = await this.api.query<{ version: number }>(
      'SELECT version::int AS version FROM document_scope WHERE scope = $1',
      [scope],
    );
    const version = row?.version ?? 0;
    await this.until(() => (this.position?.version ?? -1) >= version, `version ${version}`);
  }

  until(isSo: () => boolean, what: string): Promise<void> {
    return untilSo(isSo, what, WAIT_MS);
  }

  /** The service as this director holds it; null: it holds none. */
  service(id: string): ServiceDocument | null {
    return (this.held.get(id)?.body ?? null) as ServiceDocument | null;
  }

  /** Addresses and weights that this director sends packets to for a service. */
  weights(id: string): Record<string, number> {
    return Object.fromEntries(
      this.service(id)?.servers.map(({ address, weight }) => [address, weight]) ?? [],
    );
  }

  /** The VIPs that this agent shall hold. */
  vips(): string[] {
    const bodies = [...this.held.values()].flatMap(({ body }) => (body === null ? [] : [body]));
    return bodies.map(({ address }) => address).sort();
  }

  vip(address: string): VipDocument | null {
    return (this.held.get(address)?.body ?? null) as VipDocument | null;
  }

  /** The digest of what is held, made as the contract says. */
  heldDigest(): string {
    return [...this.held].reduce(
      (set, [key, { body }]) => (body === null ? set : toggleInSetDigest(set, documentDigest(key, body))),
      EMPTY_SET_DIGEST,
    );
  }

  /** What a director says once everything that it holds is in force. */
  directorReport(changes: Partial<DirectorReport> = {}): DirectorReport {
    const engine = { driver: 'nftables', version: '1.0.6' };
    const capabilities: Capabilities = NFTABLES_CAPABILITIES;
    const seen = { silence: this.silence(), complete: true, health: [] };
    return { ...this.common(), role: 'director', engine, capabilities, ...seen, ...changes };
  }

  /** Every server that this director is asked about is silent. */
  private silence(): SilenceFact[] {
    const bodies = [...this.held.values()].map(({ body }) => body);
    return bodies.flatMap((body) =>
      body?.kind === 'service' ? (body.silenceProbes ?? []).map((probe) => silent(probe)) : [],
    );
  }

  /** What an agent says once it holds every VIP that it shall hold, silently. */
  agentReport(changes: Partial<AgentReport> = {}): AgentReport {
    const said = changes.vips ?? this.vips().map((address) => proved(address));
    const vips = said.map((vip) =>
      vip.services.length > 0 ? vip : { ...vip, services: this.answering(vip.address) },
    );
    return { ...this.common(), role: 'agent', complete: true, drift: NO_DRIFT, ...changes, vips };
  }

  /** Every service of the VIP's document, as it is when it answers. */
  private answering(vip: string): ServiceFact[] {
    return (this.vip(vip)?.services ?? []).map((service) => answering(service));
  }

  /** Takes all that was sent so far and says that it is in force, without a fault unless one is given. */
  async confirm(faults: readonly Fault[] = []): Promise<void> {
    await this.caughtUp();
    await this.report(
      this.role === 'director' ? this.directorReport({ faults }) : this.agentReport({ faults }),
    );
  }

  async report(report: object): Promise<void> {
    const answer = await this.put(report);
    if (answer.status !== 200) throw new Error(`the report was refused: ${answer.text}`);
  }

  async put(report: object | string) {
    const text = typeof report === 'string' ? report : JSON.stringify(report);
    return this.api.send('put', REPORT_PATH, this.credential).type('application/json').send(text);
  }

  /** Sends the body of an answer, to whichever process it follows. */
  answer(id: string, body: object) {
    return this.api.send('put', `${ANSWERS_PATH}/${id}`, this.credential).send(body);
  }

  private async hear(asked: QuestionMessage): Promise<void> {
    this.questions.push(asked);
    const body = this.replying(asked);
    if (body !== undefined) await this.answer(asked.id, body);
  }

  private common() {
    const { position, revision } = this;
    this.sequence += 1;
    return {
      format: 1,
      sequence: this.sequence,
      position,
      revision,
      host: NO_HOST,
      conditions: [],
      faults: [],
    };
  }

  /** A connection of its own, as a node has. */
  private open(url: string): Promise<IncomingMessage> {
    const headers = { Authorization: `Bearer ${this.credential}` };
    return new Promise((resolve, reject) => {
      const stream = request(url, { agent: false, headers }, resolve);
      stream.on('error', reject).end();
      this.stream = stream;
    });
  }

  private read(response: IncomingMessage): void {
    this.hungUp = false;
    response.on('close', () => (this.hungUp = true));
    const parser = createParser({
      onEvent: ({ event, data }) => {
        if (event === DOCUMENTS_EVENT) this.take(JSON.parse(data) as DocumentsMessage);
        if (event === QUESTION_EVENT) void this.hear(JSON.parse(data) as QuestionMessage);
      },
    });
    response.setEncoding('utf8').on('data', (text: string) => parser.feed(text));
    // Either side may hang up; the test sees it by what does not come.
    response.on('error', () => undefined);
  }

  private take(message: DocumentsMessage): void {
    const opens = message.kind === 'snapshot' && this.messages.at(-1)?.last !== false;
    if (opens) this.held.clear();
    for (const document of message.documents) this.held.set(document.key, document);
    this.messages.push(message);
    if (!message.last) return;
    const { cluster, epoch, version, revision } = message;
    this.position = { cluster, epoch, version };
    this.revision = revision;
  }
}

/** A service that answers, or what is said instead. */
export function answering(
  service: Pick<VipService, 'protocol' | 'port'> & Partial<VipService>,
  changes: Partial<ServiceFact> = {},
): ServiceFact {
  const answers = { status: 'True', reason: 'Answered', message: 'It answers on the VIP.' } as const;
  const firewall = {
    status: 'True',
    reason: 'NoRules',
    message: 'No rule looks at incoming packets.',
  } as const;
  return { endPort: service.port, ...service, ready: true, answers, firewall, ...changes };
}

/** A server that did not answer for the VIP, or what is said instead. */
export function silent(
  { number, asked }: Pick<SilenceFact, 'number' | 'asked'>,
  changes: Partial<SilenceFact> = {},
): SilenceFact {
  const found = { onSegment: true, silent: true, reason: 'Silent', message: 'It did not answer.' };
  return { number, asked, ...found, ...changes };
}

/** A VIP that is bound and silent, or what is said instead. Without services: all of its document answer. */
export function proved(address: string, changes: Partial<ReportedVip> = {}): ReportedVip {
  const all = { address, bound: true, silent: true, reason: 'Proved', message: 'Bound and silent.' };
  return { ...all, services: [], ...changes };
}

/** Something that somebody undid once, and that was repaired. */
export function drift(changes: Partial<ReportedDrift> = {}): ReportedDrift {
  const at = '2026-01-01T00:00:00.000Z';
  const what = { thing: 'net.ipv4.conf.all.arp_ignore', found: '0', wanted: '1' };
  return { ...what, firstAt: at, lastAt: at, count: 1, repaired: true, ...changes };
}

/** A host with one interface that has these addresses with their prefix lengths. */
export function hostWith(addresses: readonly string[], gateways: readonly string[] = []): ReportedHost {
  const one = { name: 'eth0', mac: '02:00:00:00:00:01', up: true, mtu: 1_500, addresses };
  return { interfaces: [one], gateways };
}

function queryOf(since: Position | null): string {
  return since === null ? '' : `?cluster=${since.cluster}&epoch=${since.epoch}&version=${since.version}`;
}
