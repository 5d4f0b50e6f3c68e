import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ALL_CAUSES } from './all-causes.js';

/** Where causes are made on a real kernel, and seen named. */
const SPECS = ['diagnosis', 'agent-doctor', 'hosts-without-an-agent'];

const INTENT = 'it is what operators said, and no kernel shows it; test/api/diagnosis.spec.ts makes it';
const REFUSED = 'the rules and the database refuse it, so that no node is ever told';

/** Why there is no such case. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'service-disabled': INTENT,
  'server-draining': INTENT,
  'server-disabled': INTENT,
  'server-weight-zero': INTENT,
  'rule-broken': INTENT,
  'not-forced-to-layer-4': REFUSED,
  'not-direct-return': REFUSED,
  'service-not-asked-yet':
    'it is over within a second of the start of an agent, mostly before anybody can look',
  'host-not-looked-at':
    'it takes commands that fail, and the agent runs those of the system, which all tests on a machine share',
  'service-not-asked-any-more':
    'it takes an agent that can open no socket, which is not had without harm to the machine of the tests',
};

const text = SPECS.map((name) => readFileSync(`test/nodes/${name}.spec.ts`, 'utf8')).join('');
const isMade = (code: string) => text.includes(`'${code}'`);

describe('every cause', () => {
  it.each(ALL_CAUSES.map(({ code }) => code))(
    '%s is made on a real kernel, or it says here why not',
    (code) => {
      expect(isMade(code) ? 'made' : EXCEPTIONS[code]).toBeDefined();
    },
  );

  it('that is excepted is there, and made nowhere', () => {
    const codes = ALL_CAUSES.map(({ code }) => code);
    for (const code of Object.keys(EXCEPTIONS)) {
      expect(codes).toContain(code);
      expect(isMade(code), code).toBe(false);
    }
  });

  it('of what operators said is made in the tests of the API', () => {
    const api = readFileSync('test/api/diagnosis.spec.ts', 'utf8');
    const said = Object.entries(EXCEPTIONS).filter(([, reason]) => reason === INTENT);
    expect(said.filter(([code]) => !api.includes(`'${code}'`))).toEqual([]);
  });
});
