/**
 * An esbuild plugin that compiles the JSON schemas of the contract when the agent is built, and not each time that it
 * starts: that takes a third of its start, and of the memory that it keeps. In place of ajv stands what ajv made.
 * It knows of no schema by name: it runs every module that makes a decoder, and sees what it asks ajv for.
 */
import { Ajv, _ } from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';

const DECODER = 'src/contract/strict-decoder.ts';
/** What stands for ajv while the schemas are collected. */
const RECORDER = `
  export const asked = { options: {}, schemas: new Set() };
  export class Ajv {
    constructor(options) { Object.assign(asked.options, options); }
    compile(schema) { asked.schemas.add(JSON.stringify(schema)); }
  }`;

/** @param settings those of the build that it is for. */
export function compiledDecoders(settings) {
  return {
    name: 'compiled-decoders',
    async setup(it) {
      const { options, schemas } = await collect(settings);
      replaceAjv(it, settings.absWorkingDir, compiled(options, [...schemas]));
    },
  };
}

async function collect(settings) {
  const { metafile } = await build({ ...settings, write: false, metafile: true });
  const makers = Object.entries(metafile.inputs)
    .filter(([path, { imports }]) => path.startsWith('src/') && imports.some(makesDecoders))
    .map(([path]) => `import './${path}';`);
  const contents = `${makers.join('\n')}\nexport { asked } from 'ajv';`;
  const { outputFiles } = await build({
    ...settings,
    entryPoints: undefined,
    stdin: { contents, resolveDir: settings.absWorkingDir },
    format: 'esm',
    write: false,
    plugins: [{ name: 'recorder', setup: (it) => replaceAjv(it, settings.absWorkingDir, RECORDER) }],
  });
  const { asked } = await import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
  );
  return asked;
}

function makesDecoders({ path }) {
  return path === DECODER || path.startsWith('node_modules/ajv/');
}

function replaceAjv(it, resolveDir, contents) {
  it.onResolve({ filter: /^ajv$/ }, () => ({ path: 'ajv', namespace: 'compiled-decoders' }));
  it.onLoad({ filter: /.*/, namespace: 'compiled-decoders' }, () => ({ contents, resolveDir }));
}

/** A class that does of ajv what the decoders use, for exactly these schemas. */
function compiled(options, texts) {
  const ajv = new Ajv({ ...options, code: { source: true, formats: _`formats` } });
  texts.forEach((text, index) => ajv.addSchema(JSON.parse(text), `v${index}`));
  const names = Object.fromEntries(texts.map((_text, index) => [`v${index}`, `v${index}`]));
  const byText = Object.fromEntries(texts.map((text, index) => [text, `v${index}`]));
  return `
    function validators(formats) {
      const exports = {};
      ${standaloneCode.default(ajv, names)}
      return exports;
    }
    const NAMES = ${JSON.stringify(byText)};
    export class Ajv {
      constructor({ formats = {} }) { this.validators = validators(formats); }
      compile(schema) {
        const validate = this.validators[NAMES[JSON.stringify(schema)]];
        if (validate === undefined) throw new Error('a decoder was made that the build did not see');
        return validate;
      }
    }`;
}
