/**
 * `homeward ctl …`: what operators and their scripts ask of the REST API. Each command loads what it needs when it is
 * chosen.
 */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { GetOptions } from './ctl/commands/get.js';
import type { Format } from './ctl/output/in-format.js';

const EXIT_USAGE = 2;
const EXIT_HELP = `
HOMEWARD_API_URL says where the API is (http://127.0.0.1:3000), HOMEWARD_TOKEN or HOMEWARD_TOKEN_FILE who asks.

Exit codes: 0 done, 1 there is a difference (diff) or not in force in time (--wait), 2 wrong usage, 3 refused,
4 not found, 5 needs an approval, 6 the API cannot be reached or failed.`;

export function ctlRole(): Command {
  const role = new Command('ctl').description('ask the control plane, and change what it shall do');
  role.exitOverride(endWithUsage).showHelpAfterError().addHelpText('after', EXIT_HELP);
  addReading(role);
  return role;
}

/** Commander ends with 1 for arguments that it does not understand, which means something else here. */
function endWithUsage({ exitCode }: CommanderError): never {
  process.exit(exitCode === 0 ? 0 : EXIT_USAGE);
}

function output(): Option {
  return new Option('-o, --output <format>', 'for people or for programs')
    .choices(['table', 'json', 'yaml'])
    .default('table');
}

function addReading(role: Command): void {
  role
    .command('get')
    .argument('<kind>', 'virtual-services (vs), real-servers (rs), nodes or revisions')
    .argument('[object]', 'one of them, by its id; a virtual service also by its name or 192.0.2.200:443/tcp')
    .description('list objects, or show one')
    .addOption(output())
    .option('--of <virtual-service>', 'whose real servers')
    .option(
      '-w, --where <field=value>',
      'only such, as port=gte:80 or tag.env=prod; may be repeated',
      gather,
      [],
    )
    .option('-q, --search <words>', 'only those with these words in name, description or tags')
    .option('--sort <fields>', 'such as name,-port')
    .option('--limit <number>', 'at most so many', positive)
    .action(async (kind: string, id: string | undefined, options: GetOptions) => {
      const [{ runCtl }, { get }] = await Promise.all([
        import('./ctl/run-ctl.js'),
        import('./ctl/commands/get.js'),
      ]);
      await runCtl((api) => get(api, kind, id, options));
    });
  role
    .command('describe')
    .argument('<kind>', 'virtual-service (vs) or node')
    .argument('<object>', 'its id or name; a virtual service also as 192.0.2.200:443/tcp')
    .description('show all of one object: what it shall be, what is in force, and why not')
    .addOption(output())
    .action(async (kind: string, meant: string, options: { output: Format }) => {
      const [{ runCtl }, { describe }] = await Promise.all([
        import('./ctl/run-ctl.js'),
        import('./ctl/commands/describe.js'),
      ]);
      await runCtl((api) => describe(api, kind, meant, options.output));
    });
}

function gather(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

function positive(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('a whole number from 1.');
  return Number(text);
}
