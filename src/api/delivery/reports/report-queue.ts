/**
 * Takes reports as they come, and those that come meanwhile together. A new service is reported by all of its hosts at
 * about the same time: taken one by one, each report would compile and publish the same documents again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import type { ReportAnswer } from '../../../contract/report.js';
import { Failed } from '../../../domain/failure.js';
import { Transactions } from '../../store/transactions.js';
import { takeReports, type SaidByNode } from './take-reports.js';

/**
 * How long the first of a group waits for others. Hosts that were handed a new service answer within a few
 * milliseconds of each other; a transaction for the first alone would keep all of them waiting for longer than that.
 */
const GATHER_MS = 2;
/** A group holds up who comes after it. */
const MOST_AT_ONCE = 50;
/** VIPs in a group; a report that has more is a group of its own. */
const MOST_VIPS = 20_000;

interface Waiting {
  readonly said: SaidByNode;
  readonly resolve: (answer: ReportAnswer) => void;
  readonly reject: (error: unknown) => void;
}

@Injectable()
export class ReportQueue {
  private readonly waiting: Waiting[] = [];
  private working = false;

  constructor(@Inject(Transactions) private readonly transactions: Transactions) {}

  take(said: SaidByNode): Promise<ReportAnswer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ said, resolve, reject });
      if (!this.working) void this.work();
    });
  }

  private async work(): Promise<void> {
    this.working = true;
    await sleep(GATHER_MS);
    while (this.waiting.length > 0) await this.takeGroup(this.nextGroup());
    this.working = false;
  }

  /** The first ones that wait, at most one of each node: the next one of a node builds on what it has said before. */
  private nextGroup(): readonly Waiting[] {
    const nodes = new Set<string>();
    let vips = 0;
    const end = this.waiting.findIndex(({ said: { node, report } }, index) => {
      vips += report.role === 'agent' ? report.vips.length : 0;
      const isFull = index === MOST_AT_ONCE || nodes.has(node.id) || (index > 0 && vips > MOST_VIPS);
      nodes.add(node.id);
      return isFull;
    });
    return this.waiting.splice(0, end === -1 ? this.waiting.length : end);
  }

  private async takeGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const reports = group.map(({ said }) => said);
      const answers = await this.transactions.run((manager) => takeReports(manager, reports));
      answers.forEach((answer, index) => group[index]?.resolve(answer));
    } catch (error) {
      // One that cannot be taken must not keep the others from being taken. Where the database is in trouble they would
      // only fail one after the other.
      if (group.length > 1 && isOfOneReport(error)) for (const one of group) await this.takeGroup([one]);
      else for (const one of group) one.reject(error);
    }
  }
}

/** SQLSTATE classes of what a statement's data can bring about: data exception, integrity constraint violation. */
const OF_DATA = /^2[23]/;

function isOfOneReport(error: unknown): boolean {
  if (error instanceof Failed) return true;
  if (!(error instanceof QueryFailedError)) return false;
  const { code } = error.driverError as { code?: string };
  return code !== undefined && OF_DATA.test(code);
}
