/**
 * Makes one file each of the test programs that are started by the hundred: `dist/test/bundled/<name>.cjs`. Two thirds
 * of the start of a node are spent on reading some two hundred modules and compiling the schemas of the contract. It is
 * done as for the agent that real servers are given (packaging/build-agent.mjs), and of the same sources.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { compiledDecoders } from '../../packaging/compiled-decoders.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OUTPUT = join(ROOT, 'dist/test/bundled');
const PROGRAMS = ['killed-agent', 'quick-agent', 'polling-agent', 'control-plane-process'];

const settings = {
  absWorkingDir: ROOT,
  entryPoints: PROGRAMS.map((name) => `test/support/${name}.ts`),
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  // An import of node:http as an ES module loads a whole WebSocket client.
  format: 'cjs',
  // Above it lies package.json, as it does above the source.
  define: { 'import.meta.dirname': '__dirname' },
  outExtension: { '.js': '.cjs' },
  outdir: OUTPUT,
  logLevel: 'warning',
};
rmSync(OUTPUT, { recursive: true, force: true });
await build({ ...settings, plugins: [compiledDecoders(settings)] });
