import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ALL_CAUSES } from './all-causes.js';

/** Where causes are made on a real kernel, by real nodes, and seen named. */
const SPECS = ['diagnosis', 'agent-doctor', 'hosts-without-an-agent', 'health-diagnosis'];

const text = SPECS.map((name) => readFileSync(`test/nodes/${name}.spec.ts`, 'utf8')).join('');

describe('every cause', () => {
  it.each(ALL_CAUSES.map(({ code }) => code))('%s is made on a real kernel', (code) => {
    expect(text).toContain(`'${code}'`);
  });
});
