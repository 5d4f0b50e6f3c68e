/**
 * `homeward ctl …`: what operators and their scripts ask of the REST API. Each command loads what it needs when it is
 * chosen.
 */
import { Command, InvalidArgumentError, Option, type CommanderError } from 'commander';
import type { ApiClient } from './ctl/api-client.js';
import type { ApplyOptions, DiffOptions, ExportOptions } from './ctl/commands/configuration.js';
import type { EventsOptions, FollowOptions } from './ctl/commands/events.js';
import type { GetOptions } from './ctl/commands/get.js';
import type { ProgressOptions } from './ctl/commands/progress.js';
import type { RollbackOptions } from './ctl/commands/rollback.js';
import type { Format } from './ctl/output/in-format.js';
import type { Said } from './ctl/run-ctl.js';

const EXIT_USAGE = 2;
const EXIT_HELP = `
HOMEWARD_API_URL says where the API is (http://127.0.0.1:3000), HOMEWARD_TOKEN or HOMEWARD_TOKEN_FILE who asks.

Exit codes: 0 done, 1 there is a difference (diff), 2 wrong usage, 3 refused, 4 not found, 5 needs an approval,
6 the API cannot be reached or failed, or what it said cannot be written, 7 stored and not in force everywhere (--wait,
progress), 8 the same, and changed again by others.`;

export function ctlRole(): Command {
  const role = new Command('ctl').description('ask the control plane, and change what it shall do');
  role.exitOverride(endWithUsage).showHelpAfterError().addHelpText('after', EXIT_HELP);
  addReading(role);
  addConfiguration(role);
  addPlan(role);
  addRollback(role);
  addProgress(role);
  addEvents(role);
  for (const command of role.commands) command.addOption(timeout());
  return role;
}

/** Commander ends with 1 for arguments that it does not understand, which means something else here. */
function endWithUsage({ exitCode }: CommanderError): never {
  process.exit(exitCode === 0 ? 0 : EXIT_USAGE);
}

/** What every command takes. */
interface Patience {
  readonly timeout: number;
}

async function asked<M>(
  { timeout: within }: Patience,
  load: Promise<M>,
  command: (module: M, api: ApiClient) => Promise<Said>,
): Promise<void> {
  const [{ runCtl }, module] = await Promise.all([import('./ctl/run-ctl.js'), load]);
  await runCtl(within, (api) => command(module, api));
}

/** A large configuration takes the API seconds. */
function timeout(): Option {
  return new Option('--timeout <seconds>', 'how long the API may take for an answer')
    .argParser(seconds)
    .default(60);
}

function wait(): Option {
  return new Option('--wait [seconds]', 'until all nodes have it in force, or that time is over')
    .preset('60')
    .argParser(positive);
}

function output(): Option {
  return new Option('-o, --output <format>', 'for people or for programs')
    .choices(['table', 'json', 'yaml'])
    .default('table');
}

function where(example: string): Option {
  return new Option('-w, --where <field=value>', `only such, as ${example}; may be repeated`)
    .argParser(gather)
    .default([], 'all');
}

function tags(): Option {
  return new Option('--tag <key=value>', 'only the services with this tag; may be repeated')
    .argParser(gather)
    .default([], 'all');
}

function file(what: string): Option {
  return new Option(
    '-f, --file <path>',
    `${what}, as YAML or JSON; - is standard input`,
  ).makeOptionMandatory();
}

function addReading(role: Command): void {
  role
    .command('get')
    .argument('<kind>', 'virtual-services (vs), real-servers (rs), nodes or revisions')
    .argument(
      '[object]',
      'one of them, by its id; a node also by its name, a virtual service by that or 192.0.2.200:443/tcp',
    )
    .description('list objects, or show one')
    .addOption(output())
    .option('--of <virtual-service>', 'whose real servers')
    .addOption(where('port=gte:80 or tag.env=prod'))
    .option('-q, --search <words>', 'only those with these words in name, description or tags')
    .option('--sort <fields>', 'such as name,-port')
    .option('--limit <number>', 'at most so many', positive)
    .action((kind: string, id: string | undefined, options: GetOptions & Patience) =>
      asked(options, import('./ctl/commands/get.js'), ({ get }, api) => get(api, kind, id, options)),
    );
  role
    .command('describe')
    .argument('<kind>', 'virtual-service (vs), node or revision')
    .argument('<object>', 'its id, name or number; a virtual service also as 192.0.2.200:443/tcp')
    .description('show all of one object: what it shall be, what is in force, and why not')
    .addOption(output())
    .action((kind: string, meant: string, options: { output: Format } & Patience) =>
      asked(options, import('./ctl/commands/describe.js'), ({ describe }, api) =>
        describe(api, kind, meant, options.output),
      ),
    );
  role
    .command('nodes')
    .description('list directors and agents')
    .addOption(output())
    .addOption(where('role=director'))
    .action((options: GetOptions & Patience) =>
      asked(options, import('./ctl/commands/get.js'), ({ get }, api) =>
        get(api, 'nodes', undefined, options),
      ),
    );
}

function addConfiguration(role: Command): void {
  const load = () => import('./ctl/commands/configuration.js');
  role
    .command('export')
    .description('print all virtual services that there shall be, as a file that apply takes')
    .addOption(tags())
    .option('--revision <number>', 'as it was then', positive)
    .addOption(new Option('-o, --output <format>').choices(['json', 'yaml']).default('yaml'))
    .action((options: ExportOptions & Patience) =>
      asked(options, load(), ({ exportConfiguration }, api) => exportConfiguration(api, options)),
    );
  withTerms(role.command('apply'))
    .description('make of the virtual services what a file says; who is not named is deleted')
    .addOption(file('the configuration'))
    .addOption(tags())
    .addOption(output())
    .option('--dry-run', 'only print the plan')
    .addOption(wait())
    .action((options: ApplyOptions & Patience) =>
      asked(options, load(), ({ apply }, api) => apply(api, options)),
    );
  role
    .command('diff')
    .description('print what apply would change; 1 where that is anything')
    .addOption(file('the configuration'))
    .addOption(tags())
    .addOption(output())
    .action((options: DiffOptions & Patience) =>
      asked(options, load(), ({ diff }, api) => diff(api, options)),
    );
}

function addPlan(role: Command): void {
  role
    .command('plan')
    .description('print what a configuration, or a batch of writes, would do on every node; nothing is done')
    .addOption(file('a configuration, or {"changes": [{method, path, body}, …]}'))
    .addOption(tags())
    .addOption(output())
    .action((options: DiffOptions & Patience) =>
      asked(options, import('./ctl/commands/plan.js'), ({ plan }, api) => plan(api, options)),
    );
}

function addRollback(role: Command): void {
  withTerms(role.command('rollback'))
    .argument('<revision>', 'its number; 0 is before the first one', wholeNumber)
    .description('make of all virtual services what they were at a revision, as a new one')
    .option('--of <virtual-service>', 'only this one; after it was deleted, by its id')
    .option('--dry-run', 'only print the plan')
    .addOption(wait())
    .addOption(output())
    .action((revision: number, options: RollbackOptions & Patience) =>
      asked(options, import('./ctl/commands/rollback.js'), ({ rollback }, api) =>
        rollback(api, revision, options),
      ),
    );
}

function addProgress(role: Command): void {
  role
    .command('progress')
    .argument('<revision>', 'its number', wholeNumber)
    .description('print how far a change is in force, and which nodes are behind')
    .addOption(wait())
    .addOption(output())
    .action((revision: number, options: ProgressOptions & Patience) =>
      asked(options, import('./ctl/commands/progress.js'), ({ progress }, api) =>
        progress(api, revision, options),
      ),
    );
}

function addEvents(role: Command): void {
  role
    .command('events')
    .description('print what happened, the newest last')
    .addOption(output())
    .addOption(where('type=node.lost or objectId=<id>'))
    .option('--limit <number>', 'at most so many, the newest', positive, 50)
    .option('--follow', 'go on with what happens; lost connections are taken up again')
    .option('--after <id>', 'follow from after this event, instead of from now')
    .action(async (options: EventsOptions & FollowOptions & Patience & { follow?: boolean }) => {
      const { events, follow } = await import('./ctl/commands/events.js');
      const { runCtl, streamCtl } = await import('./ctl/run-ctl.js');
      if (options.follow === true) await streamCtl(options.timeout, (api) => follow(api, options));
      else await runCtl(options.timeout, (api) => events(api, options));
    });
}

function withTerms(command: Command): Command {
  return command
    .option('--approve <digest>', 'the loss that is meant, as the API has named it')
    .option('--ticket <name>', 'the change ticket, for the history');
}

function gather(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('a whole number.');
  return Number(text);
}

/** Past five minutes `fetch` gives up by itself. */
function seconds(text: string): number {
  const number = positive(text);
  if (number > 300) throw new InvalidArgumentError('a whole number from 1 to 300.');
  return number;
}

function positive(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('a whole number from 1.');
  return Number(text);
}
