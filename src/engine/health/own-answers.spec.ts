import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { HealthQuestion } from '../../contract/documents.js';
import { CommandFailed, type CommandRunner } from '../../platform/command-runner.js';
import { OwnAnswers } from './own-answers.js';

const tcp: HealthQuestion = {
  type: 'tcp',
  port: 80,
  intervalMs: 60_000,
  timeoutMs: 50_000,
  rise: 2,
  fall: 3,
};
const udp = (expected: string | null): HealthQuestion => ({
  ...tcp,
  type: 'udp',
  udp: { payload: '', expected },
});

/** Each server answers on its own address. */
function answering(asked: string[]): CommandRunner {
  return {
    run: (_, { input } = {}) => {
      const questions = JSON.parse(String(input)) as readonly { readonly host: string }[];
      asked.push(...questions.map(({ host }) => host));
      return Promise.resolve(JSON.stringify(questions.map(() => ({ kind: 'answered' }))));
    },
  };
}

describe('servers that fell', () => {
  it('are asked on their own addresses, but for those from which silence is all that is expected', async () => {
    const asked: string[] = [];
    const answered: number[] = [];
    const own = new OwnAnswers(answering(asked), (ids) => answered.push(...ids));
    own.ask([
      { id: 1, address: '192.0.2.11', question: tcp },
      { id: 2, address: '192.0.2.12', question: udp(null) },
      { id: 3, address: '192.0.2.13', question: udp('') },
    ]);
    await expect.poll(() => answered).toEqual([1, 3]);
    expect(asked).toEqual(['192.0.2.11', '192.0.2.13']);
  });

  it('are waited for no longer when the engine stops', async () => {
    let started = false;
    const hanging: CommandRunner = {
      run: async (argv, { onStart } = {}) => {
        const child = spawn('sleep', ['60'], { stdio: 'ignore' });
        onStart?.(child.pid ?? 0);
        started = true;
        await once(child, 'exit');
        throw new CommandFailed(argv, null, '');
      },
    };
    const own = new OwnAnswers(hanging, () => undefined);
    own.ask([{ id: 1, address: '192.0.2.11', question: tcp }]);
    await expect.poll(() => started).toBe(true);
    await own.stop();
  });
});
