/**
 * Makes `dist/install/`, which the API hands to real servers: the agent as one file, the installers, and the units.
 * The same sources give the same bytes, wherever and whenever they are built, so that a checksum tells whether a host
 * has what it should have. Nothing of the other roles may get into the file.
 */
import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { compiledDecoders } from './compiled-decoders.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUTPUT = join(ROOT, 'dist', 'install');
/** Folders whose files are handed over as they are. */
const COPIED = ['packaging/install', 'packaging/systemd'];

// Whoever hands files out meanwhile hands out whole ones: everything is made beside them, and each is renamed into place.
const MADE = `${OUTPUT}.new`;
rmSync(MADE, { recursive: true, force: true });
mkdirSync(MADE, { recursive: true });
const { outputFiles, metafile } = await bundle();
writeFileSync(join(MADE, 'homeward-agent.cjs'), outputFiles[0].contents);
writeFileSync(join(MADE, 'NOTICES.txt'), notices(Object.keys(metafile.inputs)));
for (const folder of COPIED) {
  for (const name of readdirSync(join(ROOT, folder)))
    copyFileSync(join(ROOT, folder, name), join(MADE, name));
}
put(readdirSync(MADE));

function put(names) {
  mkdirSync(OUTPUT, { recursive: true });
  for (const name of names) renameSync(join(MADE, name), join(OUTPUT, name));
  for (const name of readdirSync(OUTPUT))
    if (!names.includes(name)) rmSync(join(OUTPUT, name), { recursive: true });
  rmSync(MADE, { recursive: true });
}

function bundle() {
  const settings = {
    absWorkingDir: ROOT,
    entryPoints: ['src/agent-main.ts'],
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    // An import of node:http as an ES module reads all that it exports, and so loads a whole WebSocket client.
    format: 'cjs',
    // Names stay, so that the stack of an error on a real server can be read.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'warning',
  };
  return build({ ...settings, write: false, metafile: true, plugins: [compiledDecoders(settings)] });
}

/** The licences of the packages that are in the file ask to come along with it. */
function notices(inputs) {
  const packages = new Set(
    inputs.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []),
  );
  return [...packages]
    .sort((one, other) => (one < other ? -1 : 1))
    .map((name) => `${name}\n\n${licenceOf(name)}`)
    .join('\n\n');
}

function licenceOf(name) {
  const folder = join(ROOT, 'node_modules', name);
  const file = readdirSync(folder).find((entry) => /^licen[cs]e(\.(md|txt))?$/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no licence to hand over`);
  return readFileSync(join(folder, file), 'utf8').trim();
}
