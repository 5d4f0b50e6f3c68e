/**
 * Holds the document that the API serves (dist/openapi.json) against those in docs/: it has to be the one that is kept there,
 * and a client of the last released one must be able to go on, unless the version of the contract says otherwise.
 * `--write` puts it there; `--release` makes it the one that clients are promised.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { allowsBreaks, breakingChanges } from './breaking-changes.js';
import type { OpenApiDocument } from './document.js';

const KEPT = 'docs/openapi.yaml';
const RELEASED = 'docs/openapi-released.yaml';

const served: unknown = JSON.parse(readFileSync('dist/openapi.json', 'utf8'));
const text = stringify(served, { lineWidth: 0, aliasDuplicateObjects: false });
if (process.argv.includes('--write')) writeFileSync(KEPT, text);
if (process.argv.includes('--release')) writeFileSync(RELEASED, text);
const problems = [...staleness(), ...breaks()];
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;

function staleness(): readonly string[] {
  if (readFileSync(KEPT, 'utf8') === text) return [];
  return [`${KEPT} is not what the API serves now. To update it: npm run openapi`];
}

function breaks(): readonly string[] {
  const before = parse(readFileSync(RELEASED, 'utf8')) as OpenApiDocument;
  const after = served as OpenApiDocument;
  const found = breakingChanges(before, after);
  if (found.length === 0 || allowsBreaks(before.info.version, after.info.version)) return [];
  return [
    `Clients of ${before.info.version} (${RELEASED}) could not go on with this:`,
    ...found.map((each) => `  ${each}`),
    'Keep what they use, or raise the major number of CONTRACT_VERSION (src/api/http/openapi.ts).',
  ];
}
