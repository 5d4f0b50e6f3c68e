/** What is compiled of the sources: whether it is there and of these sources, and the build. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, filesIn, readJson, ROOT, runBeside, say } from './checkout.mjs';

const STAMP = join(ROOT, 'dist', '.built.json');
const SOURCE_FOLDERS = ['src', 'migrations', 'test/lab', 'test/bench', 'test/support'];
/** What real servers are given: made of the sources and of what lies here. */
const PACKAGING = 'packaging';
const PACKAGED = 'dist/install/homeward-agent.cjs';
/** Makes one file each of test programs. */
const BUNDLER = 'test/support/bundle-programs.mjs';
const BUNDLED = 'dist/test/bundled';
/** Types of the API for its tests. */
const CLIENT = 'dist/client/schema.d.ts';
/** Steps in a line are made of the sources alone and run beside each other; the next line needs what they made. */
const BUILD_STEPS = [
  [['node_modules/@nestjs/cli/bin/nest.js', 'build'], ['packaging/build-agent.mjs'], [BUNDLER]],
  [['test/support/generate-client.mjs']],
];
const BUILD_SETTINGS = [
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
  'node_modules/.package-lock.json',
];

export function buildIsCurrent() {
  const built = readJson('dist/.built.json');
  return (
    built?.sources === sourcesDigest() && built.settings === settingsDigest() && missingOutputs().length === 0
  );
}

export async function build() {
  say('compiling ...');
  const [sources, settings] = [sourcesDigest(), settingsDigest()];
  // The compiler's memory of earlier runs knows nothing of these settings, nor of outputs that somebody deleted.
  if (readJson('dist/.built.json')?.settings !== settings || missingOutputs().length > 0) {
    rmSync(join(ROOT, 'dist', '.tsbuildinfo'), { force: true });
  }
  rmSync(STAMP, { force: true });
  removeOrphanedOutputs();
  for (const steps of BUILD_STEPS) {
    const done = await Promise.all(steps.map((step) => runBeside(process.execPath, step)));
    if (done.includes(false)) fail('The build failed.');
  }
  writeFileSync(STAMP, `${JSON.stringify({ sources, settings })}\n`);
}

function sourcesDigest() {
  const lines = [...sourceFiles(), ...shippedPrograms(), ...filesIn(PACKAGING), BUNDLER].map((path) => {
    const { size, mtimeMs } = statSync(join(ROOT, path));
    return `${path} ${size} ${mtimeMs}`;
  });
  return digest(lines.join('\n'));
}

function settingsDigest() {
  return digest(BUILD_SETTINGS.map((path) => readFileSync(join(ROOT, path), 'utf8')).join('\n'));
}

function sourceFiles() {
  return SOURCE_FOLDERS.flatMap((folder) => filesIn(folder)).filter((path) =>
    /(?<!\.spec|\.fake|\.d)\.ts$/.test(path),
  );
}

function missingOutputs() {
  const outputs = sourceFiles().map((path) => join('dist', path.replace(/\.ts$/, '.js')));
  const copies = shippedPrograms().map((path) => join('dist', path));
  return [...outputs, ...copies, PACKAGED, BUNDLED, CLIENT].filter((path) => !existsSync(join(ROOT, path)));
}

/** What the product starts beside itself, copied as it is. */
function shippedPrograms() {
  return filesIn('src').filter((path) => path.endsWith('.pl'));
}

/** Outputs of a source that is gone would still be found by an import, or by a test. */
function removeOrphanedOutputs() {
  const sources = new Set(sourceFiles());
  const outputs = SOURCE_FOLDERS.flatMap((folder) => filesIn(join('dist', folder)));
  for (const path of outputs) {
    const source = path.slice('dist/'.length).replace(/(\.d)?\.(ts|js)(\.map)?$/, '.ts');
    if (!sources.has(source) && !path.endsWith('.pl')) rmSync(join(ROOT, path));
  }
}

function digest(text) {
  return createHash('sha256').update(text).digest('hex');
}
