/**
 * Who may import whom. Type-only imports count: a type that crosses a border ties both sides as well.
 * test/support/import-rules.spec.ts breaks every rule once and sees it reported.
 */
const TESTS = '\\.(spec|fake)\\.ts$';
const FEATURES =
  'virtual-services|real-servers|nodes|configuration|revisions|events|capabilities|health|metrics|installation|diagnosis|traffic';
/** Packages that compute and do no I/O. */
const PURE_PACKAGES = 'node_modules/(ipaddr\\.js|ajv)/';
const NPM = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'];

/** A rule that lets a folder of ours import these folders of ours, and no other. */
function mayImport(folder, ...others) {
  return {
    name: `${folder}-imports-${others.length > 0 ? others.join('-and-') : 'nothing-of-ours'}`,
    severity: 'error',
    from: { path: `^src/${folder}/`, pathNot: TESTS },
    to: { path: '^(src|test|migrations)/', pathNot: `^src/(${[folder, ...others].join('|')})/` },
  };
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    mayImport('domain'),
    mayImport('contract'),
    mayImport('platform'),
    mayImport('compiler', 'domain', 'contract'),
    mayImport('setup', 'contract'),
    mayImport('diagnosis', 'contract'),
    mayImport('link', 'contract', 'platform'),
    mayImport('ctl', 'platform'),
    mayImport('forwarding', 'contract'),
    mayImport('engine', 'contract', 'platform', 'link', 'forwarding'),
    mayImport('agent', 'contract', 'platform', 'link', 'setup', 'diagnosis'),
    {
      name: 'api-imports-no-node-role',
      comment: 'Intent travels down and facts travel up through the contract alone.',
      severity: 'error',
      from: { path: '^src/api/', pathNot: TESTS },
      to: { path: '^(src/(engine|agent|link)|test)/' },
    },
    {
      name: 'features-leave-each-other-alone',
      severity: 'error',
      from: { path: `^src/api/(${FEATURES})/`, pathNot: TESTS },
      to: { path: `^src/api/(${FEATURES})/.*\\.(controller|module)\\.ts$`, pathNot: '^src/api/$1/' },
    },
    {
      name: 'delivery-knows-no-controller-of-a-feature',
      severity: 'error',
      from: { path: '^src/api/(delivery|changes|store|http)/', pathNot: TESTS },
      to: { path: `^src/api/(${FEATURES})/.*\\.controller\\.ts$` },
    },
    {
      name: 'roles-are-imported-when-chosen',
      comment: 'A director loads neither Nest nor TypeORM. Types load nothing.',
      severity: 'error',
      from: { path: '^src/[^/]+\\.ts$' },
      to: {
        path: '^src/[^/]+/',
        pathNot: '^src/platform/',
        dependencyTypesNot: ['dynamic-import', 'type-only', 'type-import'],
      },
    },
    {
      name: 'migrations-stand-still',
      comment: 'A migration must do for ever what it did on its first day.',
      severity: 'error',
      from: { path: '^migrations/' },
      to: { path: '^(src|test|migrations)/' },
    },
    {
      name: 'deciding-does-no-io',
      comment: 'node:crypto hashes; node:net lends isIP.',
      severity: 'error',
      from: { path: '^src/(domain|contract|compiler|setup|diagnosis|forwarding)/', pathNot: TESTS },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|net)$' },
    },
    {
      name: 'the-agent-decides-without-doing',
      severity: 'error',
      from: { path: '^src/agent/(plan|drift)/', pathNot: TESTS },
      to: {
        path: '^src/agent/',
        pathNot: '^src/agent/(plan/|drift/|hosts/host-driver\\.ts$)',
      },
    },
    {
      name: 'commands-are-the-doors-of-the-agent',
      severity: 'error',
      from: { path: '^src/agent/', pathNot: ['^src/agent/commands/', TESTS] },
      to: { path: '^src/agent/commands/' },
    },
    {
      name: 'deciding-uses-pure-packages',
      severity: 'error',
      from: { path: '^src/(domain|contract|compiler|setup|diagnosis|forwarding)/', pathNot: TESTS },
      to: { dependencyTypes: NPM, pathNot: PURE_PACKAGES },
    },
    {
      name: 'nodes-carry-no-framework',
      severity: 'error',
      from: { path: '^src/(engine|agent|link|platform|ctl)/', pathNot: TESTS },
      to: {
        path: 'node_modules/(@nestjs|typeorm|pg|express|rxjs|class-validator|class-transformer|reflect-metadata)/',
      },
    },
    {
      name: 'one-place-spawns',
      comment: 'No text from a user may reach a program; one file holds that line.',
      severity: 'error',
      from: { path: '^src/', pathNot: [TESTS, '^src/platform/command-runner\\.ts$'] },
      to: { dependencyTypes: ['core'], path: '^(node:)?child_process$' },
    },
    {
      name: 'the-product-does-not-import-its-tests',
      severity: 'error',
      from: { path: '^(src|migrations)/', pathNot: TESTS },
      to: { path: TESTS },
    },
    {
      name: 'the-product-runs-without-dev-dependencies',
      severity: 'error',
      from: { path: '^(src|migrations)/', pathNot: TESTS },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['type-only', 'type-import'],
        pathNot: 'node_modules/@types/',
      },
    },
    { name: 'no-circle', severity: 'error', from: {}, to: { circular: true } },
    { name: 'every-import-is-found', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    moduleSystems: ['es6', 'cjs'],
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
