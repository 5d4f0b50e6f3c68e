/**
 * One agent of the fake fleet: joins, follows its stream of documents, and claims at once that it did what they say.
 * It speaks the wire as a real one does, with the link's own parts; only the host behind it is made up.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeDocumentsMessage } from '../../src/contract/decode-documents.js';
import { CONTRACT_FORMAT, type VipService } from '../../src/contract/documents.js';
import { JOIN_PATH, type JoinAnswer, type JoinRequest } from '../../src/contract/join.js';
import {
  NO_DRIFT,
  type AgentReport,
  type ReportAnswer,
  type ReportedVip,
  type ServiceFact,
} from '../../src/contract/report.js';
import { decodeText } from '../../src/contract/strict-decoder.js';
import type { Logger } from '../../src/platform/logger.js';
import { BatchAssembler } from '../../src/link/batch-assembler.js';
import { readDocumentStream } from '../../src/link/document-stream.js';
import type { Batch } from '../../src/link/judge-batch.js';
import { ReportSequence } from '../../src/link/report-sequence.js';
import { Reporter } from '../../src/link/reporter.js';
import { sendReport } from '../../src/link/send-report.js';

const RECONNECT_MS = 500;

export interface AgentSettings {
  readonly apiUrl: string;
  readonly address: string;
  readonly joinToken: string;
  readonly logger: Logger;
  /** How long changes are collected before they are reported; 0 in all that is measured. */
  readonly paceMs: () => number;
}

export class FakeAgent {
  /** Bound VIPs with their services, all of which answer. */
  private readonly bound = new Map<string, readonly ServiceFact[]>();
  private readonly unreported = new Set<string>();
  private head: Pick<Batch, 'cluster' | 'epoch' | 'version' | 'revision'> | null = null;
  private readonly reporter: Reporter;
  private readonly numbers = new ReportSequence(Date.now());
  private credential = '';
  private due: NodeJS.Timeout | undefined;
  private underWay = 0;

  constructor(private readonly settings: AgentSettings) {
    this.reporter = new Reporter((complete) => this.send(complete), settings.logger);
  }

  get vips(): number {
    return this.bound.size;
  }

  /** All that it was handed is reported. */
  get isSettled(): boolean {
    return this.unreported.size === 0 && this.underWay === 0;
  }

  async join(): Promise<void> {
    const { apiUrl, address, joinToken } = this.settings;
    const request: JoinRequest = {
      format: CONTRACT_FORMAT,
      joinToken,
      role: 'agent',
      addresses: [address],
    };
    const response = await fetch(`${apiUrl}${JOIN_PATH}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
    if (!response.ok) throw new Error(`join of ${address}: ${response.status} ${await response.text()}`);
    this.credential = ((await response.json()) as JoinAnswer).credential;
  }

  /** For as long as the process lives. */
  async follow(): Promise<never> {
    for (;;) {
      try {
        await this.connect();
      } catch (error) {
        this.settings.logger.warn({ err: error, address: this.settings.address }, 'the stream ended');
      }
      await sleep(RECONNECT_MS);
    }
  }

  /** Reports now what was to be collected for longer. */
  hurry(): void {
    clearTimeout(this.due);
    this.due = undefined;
    this.reporter.request();
  }

  private connect(): Promise<void> {
    const assembler = new BatchAssembler();
    const { apiUrl } = this.settings;
    const signal = new AbortController().signal;
    return readDocumentStream(
      { apiUrl, credential: this.credential, position: null, signal },
      {
        onOpen: () => this.reporter.reached(),
        onMessage: (data) => {
          const decoded = decodeText(decodeDocumentsMessage, data);
          if (!decoded.ok) throw new Error(decoded.problem);
          const batch = assembler.add(decoded.value);
          if (batch !== undefined) this.take(batch);
        },
        onQuestion: () => undefined,
      },
    );
  }

  private take({ documents, ...head }: Batch): void {
    for (const { key, body } of documents) {
      if (body?.kind === 'vip') this.bound.set(key, body.services.map(answering));
      else this.bound.delete(key);
      this.unreported.add(key);
    }
    this.head = head;
    const paceMs = this.settings.paceMs();
    if (paceMs === 0) this.reporter.request();
    else this.due ??= setTimeout(() => this.hurry(), paceMs);
  }

  private async send(complete: boolean): Promise<ReportAnswer> {
    const vips = complete ? [...new Set([...this.bound.keys(), ...this.unreported])] : [...this.unreported];
    this.unreported.clear();
    this.underWay++;
    try {
      const { apiUrl } = this.settings;
      const signal = new AbortController().signal;
      return await sendReport(this.report(vips, complete), { apiUrl, credential: this.credential, signal });
    } catch (error) {
      for (const vip of vips) this.unreported.add(vip);
      throw error;
    } finally {
      this.underWay--;
    }
  }

  private report(vips: readonly string[], complete: boolean): AgentReport {
    const { head } = this;
    return {
      format: CONTRACT_FORMAT,
      sequence: this.numbers.next(),
      role: 'agent',
      position: head === null ? null : { cluster: head.cluster, epoch: head.epoch, version: head.version },
      revision: head?.revision ?? 0,
      host: {
        interfaces: [
          {
            name: 'eth0',
            mac: '02:00:5e:01:00:64',
            up: true,
            mtu: 1500,
            addresses: [`${this.settings.address}/16`],
          },
        ],
        gateways: [],
      },
      conditions: [],
      faults: [],
      complete,
      vips: vips.map((vip) => this.fact(vip)),
      drift: NO_DRIFT,
    };
  }

  private fact(address: string): ReportedVip {
    const services = this.bound.get(address);
    return services === undefined
      ? { address, bound: false, silent: true, reason: 'Unbound', message: 'It is not bound.', services: [] }
      : { address, bound: true, silent: true, reason: 'Bound', message: 'It is bound and silent.', services };
  }
}

function answering(service: VipService): ServiceFact {
  const answers = { status: 'True', reason: 'Answered', message: 'It answers on the VIP.' } as const;
  const firewall = {
    status: 'True',
    reason: 'NoRules',
    message: 'No rule looks at incoming packets.',
  } as const;
  return { ...service, ready: true, answers, firewall };
}
