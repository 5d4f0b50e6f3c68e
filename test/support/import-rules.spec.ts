/** The control of .dependency-cruiser.mjs: one wrong import for every rule, in a tree like ours, and each is reported. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

/** Files of the tree. Where a rule is named, the file breaks that rule and no other. */
const TREE: readonly (readonly [path: string, text: string, rule?: string])[] = [
  ['src/domain/address.ts', 'export interface Address { readonly bytes: string }'],
  ['src/platform/command-runner.ts', "import 'node:child_process';"],
  ['src/platform/logger.ts', "import 'pino';"],
  ['src/contract/report.ts', "import { isIP } from 'node:net'; export const known = isIP;"],
  ['src/api/nodes/nodes.controller.ts', 'export class NodesController {}'],
  ['src/api/store/data-source.ts', "import 'typeorm'; import '../../domain/address.js';"],
  ['src/domain/sample.fake.ts', "import '../api/store/data-source.js';"],
  ['src/domain/one.spec.ts', "import './sample.fake.js'; import 'fast-check';"],
  ['src/domain/a.ts', "import type {} from '../contract/report.js';", 'domain-imports-nothing-of-ours'],
  [
    'src/contract/a.ts',
    "import type { Address } from '../domain/address.js';",
    'contract-imports-nothing-of-ours',
  ],
  ['src/platform/a.ts', "import '../contract/report.js';", 'platform-imports-nothing-of-ours'],
  ['src/compiler/a.ts', "import '../platform/logger.js';", 'compiler-imports-domain-and-contract'],
  ['src/diagnosis/a.ts', "import '../domain/address.js';", 'diagnosis-imports-contract'],
  ['src/forwarding/a.ts', "import '../platform/logger.js';", 'forwarding-imports-contract'],
  ['src/setup/a.ts', "import '../platform/logger.js';", 'setup-imports-contract'],
  ['src/link/a.ts', "import '../engine/b.js';", 'link-imports-contract-and-platform'],
  ['src/ctl/a.ts', "import '../contract/report.js';", 'ctl-imports-platform'],
  ['src/engine/b.ts', "import '../link/d.js';"],
  [
    'src/engine/a.ts',
    "import '../agent/b.js';",
    'engine-imports-contract-and-platform-and-link-and-forwarding',
  ],
  ['src/agent/b.ts', "import '../contract/report.js';"],
  [
    'src/agent/a.ts',
    "import type {} from '../domain/address.js';",
    'agent-imports-contract-and-platform-and-link-and-setup-and-diagnosis',
  ],
  ['src/agent/hosts/host-driver.ts', 'export {};'],
  ['src/agent/commands/run-agent.ts', "import '../plan/a.js';"],
  ['src/agent/plan/a.ts', "import '../hosts/host-driver.js';"],
  ['src/agent/plan/b.ts', "import '../proofs/a.js';", 'the-agent-decides-without-doing'],
  ['src/agent/proofs/a.ts', 'export {};'],
  ['src/agent/proofs/b.ts', "import '../commands/run-agent.js';", 'commands-are-the-doors-of-the-agent'],
  ['src/api/delivery/a.ts', "import type {} from '../../engine/b.js';", 'api-imports-no-node-role'],
  ['src/api/revisions/a.ts', "import '../nodes/nodes.controller.js';", 'features-leave-each-other-alone'],
  [
    'src/api/delivery/b.ts',
    "import '../nodes/nodes.controller.js';",
    'delivery-knows-no-controller-of-a-feature',
  ],
  ['src/main.ts', "await import('./engine/b.js'); import './agent-role.js'; import './platform/logger.js';"],
  ['src/agent-role.ts', "import './agent/b.js';", 'roles-are-imported-when-chosen'],
  ['migrations/1-a.ts', "import '../src/domain/address.js';", 'migrations-stand-still'],
  ['src/domain/b.ts', "import 'node:fs';", 'deciding-does-no-io'],
  ['src/compiler/b.ts', "import type {} from 'pg';", 'deciding-uses-pure-packages'],
  ['src/link/d.ts', "import type {} from '@nestjs/common';", 'nodes-carry-no-framework'],
  ['src/api/http/a.ts', "import { spawn } from 'node:child_process'; spawn;", 'one-place-spawns'],
  ['src/domain/d.ts', "import './sample.fake.js';", 'the-product-does-not-import-its-tests'],
  ['src/api/http/b.ts', "import 'fast-check';", 'the-product-runs-without-dev-dependencies'],
  ['src/domain/e.ts', "import './f.js'; export const e = 1;", 'no-circle'],
  ['src/domain/f.ts', "import type {} from './e.js';"],
  ['src/domain/g.ts', "import './nowhere.js';", 'every-import-is-found'],
];

interface Report {
  readonly summary: {
    readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[];
    readonly ruleSetUsed: { readonly forbidden: readonly { readonly name: string }[] };
  };
}

let tree: string;
let report: Report;

beforeAll(async () => {
  tree = await mkdtemp(join(tmpdir(), 'homeward-imports-'));
  for (const [path, text] of TREE) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), `${text}\nexport {};\n`);
  }
  for (const name of ['.dependency-cruiser.mjs', 'tsconfig.json', 'package.json'])
    await cp(name, join(tree, name));
  await symlink(resolve('node_modules'), join(tree, 'node_modules'));
  report = await cruise(tree);
}, 30_000);

afterAll(() => rm(tree, { recursive: true, force: true }));

function cruise(cwd: string): Promise<Report> {
  const program = resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [program, 'src', 'migrations', '--config', '.dependency-cruiser.mjs', '--output-type', 'json'];
  return new Promise((done) => {
    execFile(process.execPath, args, { cwd, maxBuffer: 64_000_000 }, (_, stdout) =>
      done(JSON.parse(stdout) as Report),
    );
  });
}

it('reports every wrong import by the rule that it breaks, and nothing else', () => {
  const broken = report.summary.violations.map(({ from, rule }) => `${from} ${rule.name}`);
  const expected = TREE.filter(([, , rule]) => rule).map(([path, , rule]) => `${path} ${rule}`);
  expect(broken.sort()).toEqual(expected.sort());
});

it('has a wrong import for every rule there is', () => {
  const rules = report.summary.ruleSetUsed.forbidden.map(({ name }) => name);
  const tried = new Set(TREE.map(([, , rule]) => rule).filter((rule) => rule !== undefined));
  expect([...tried].sort()).toEqual(rules.sort());
});
