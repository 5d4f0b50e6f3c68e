/** A prober that a test tells what came of the checks. */
import type { Ground } from '../../forwarding/ground.js';
import type { ProbeTurn } from './probe/probe-messages.js';
import type { Check, Prober, ProberListener } from './prober.js';

export class FakeProber implements Prober {
  trouble: string | undefined;
  readonly checks = new Map<number, Check>();
  ground: Ground | undefined;
  listener: ProberListener = { onTurned: () => undefined, onTrouble: () => undefined };

  standOn(ground: Ground): void {
    this.ground = ground;
  }

  put(checks: readonly Check[]): void {
    for (const check of checks) this.checks.set(check.id, check);
  }

  forget(ids: readonly number[]): void {
    for (const id of ids) this.checks.delete(id);
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  /** The checks of these addresses come to this. */
  turn(addresses: readonly string[], healthy: boolean, reason: ProbeTurn['reason'] = 'TimedOut'): void {
    const turned = [...this.checks.values()].filter(({ address }) => addresses.includes(address));
    this.listener.onTurned(
      turned.map(({ id }) => ({ id, healthy, reason: healthy ? 'Answered' : reason, message: 'So it is.' })),
    );
  }

  fail(trouble: string | undefined): void {
    this.trouble = trouble;
    this.listener.onTrouble();
  }
}
