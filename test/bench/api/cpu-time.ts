/** Processor time of programs, which tells what requests cost also where others keep the machine busy. */
import { readdir, readFile } from 'node:fs/promises';

/** The kernel counts in these, whatever it ticks at (USER_HZ). */
const MS_PER_TICK = 10;

export interface CpuTime {
  readonly programMs: number;
  /** Of all processes of PostgreSQL in this process namespace. */
  readonly postgresMs: number;
}

export async function cpuTime(programId: number): Promise<CpuTime> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  let [programMs, postgresMs] = [0, 0];
  for (const id of ids) {
    const { name, ms } = await timeOf(id);
    if (name === 'postgres') postgresMs += ms;
    if (Number(id) === programId) programMs = ms;
  }
  return { programMs, postgresMs };
}

/** Of one that has just ended, none. */
async function timeOf(id: string): Promise<{ readonly name: string; readonly ms: number }> {
  const stat = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => '');
  const [, name = '', rest = ''] = /^\d+ \((.*)\) (.*)$/s.exec(stat) ?? [];
  const fields = rest.split(' ');
  // Fields 14 and 15 of proc(5): in user mode and in the kernel.
  return { name, ms: (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * MS_PER_TICK };
}
