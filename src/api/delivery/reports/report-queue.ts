/**
 * Takes reports as they come, and those that come meanwhile together. A new service is reported by all of its hosts at
 * about the same time: taken one by one, each report would compile and publish the same documents again.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { ReportAnswer } from '../../../contract/report.js';
import { Transactions } from '../../store/transactions.js';
import { takeReports, type SaidByNode } from './take-reports.js';

/** A group holds up who comes after it. */
const MOST_AT_ONCE = 50;

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
    while (this.waiting.length > 0) await this.takeGroup(this.waiting.splice(0, MOST_AT_ONCE));
    this.working = false;
  }

  private async takeGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const reports = group.map(({ said }) => said);
      const answers = await this.transactions.run((manager) => takeReports(manager, reports));
      answers.forEach((answer, index) => group[index]?.resolve(answer));
    } catch (error) {
      if (group.length === 1) group[0]?.reject(error);
      // One that cannot be taken must not keep the others from being taken.
      else for (const one of group) await this.takeGroup([one]);
    }
  }
}
