/** Answers questions about the traffic of services from the kernel. It changes nothing there. */
import type { TrafficQuestion, TrafficTold } from '../../../contract/questions.js';
import type { CommandRunner } from '../../../platform/command-runner.js';
import type { ServiceInForce, ServiceTotals } from '../forwarding-driver.js';
import { readFlows } from './read-flows.js';
import { readRoute } from './read-route.js';
import { TotalsReader } from './read-totals.js';
import { StatsReader } from './read-stats.js';
import { ScanGate } from './scan-gate.js';
import type { SeenService } from './seen-service.js';

export class TrafficView {
  private readonly gate = new ScanGate();
  private readonly stats: StatsReader;
  private readonly counted: TotalsReader;

  constructor(private readonly commands: CommandRunner) {
    this.stats = new StatsReader(commands, this.gate);
    this.counted = new TotalsReader(commands);
  }

  totals(inForce: readonly ServiceInForce[], devices: readonly string[]): Promise<ServiceTotals> {
    return this.gate.run(() => this.counted.read(inForce, devices), new AbortController().signal);
  }

  answer(question: TrafficQuestion, seen: SeenService, signal: AbortSignal): Promise<TrafficTold> {
    switch (question.kind) {
      case 'stats':
        return this.stats.read(seen, signal);
      case 'flows':
        return this.gate.run(() => readFlows(this.commands, seen, question), signal);
      case 'route':
        return readRoute(this.commands, seen, question);
    }
  }
}
