/**
 * Runs the PowerShell that Homeward's scripts are written in: what they use of the language, as Microsoft documents it,
 * and nothing more. Whatever it does not know is an error, so that no script passes by being misunderstood. The first
 * error ends a script, for all of them begin with $ErrorActionPreference = 'Stop'.
 */
import { Expressions, type Runner } from './expressions.js';
import { Scope } from './scope.js';
import { childOf, namedIn, type Tree } from './tree.js';
import { collapsed, isEqual, isTrue, streamOf, textOf, type Value } from './values.js';

/** Commands by name; undefined where there is none. */
export type Commands = (name: string) => Command | undefined;
export type Command = (call: CommandCall) => Value[];

export interface CommandCall {
  readonly name: string;
  readonly elements: readonly ValuedElement[];
  /** What the command before it gave; undefined where there is none. */
  readonly input: readonly Value[] | undefined;
}

export interface ValuedElement {
  readonly kind: 'parameter' | 'argument';
  readonly text: string;
  readonly bound?: string;
  readonly value: Value;
}

/** What a script did not see coming, or threw. */
export class ScriptError extends Error {}

/** `exit`. */
export class Exit extends Error {
  constructor(readonly code: number) {
    super(`exit ${code}`);
  }
}

/** No fault, so that nobody asks where it came from: to note that takes longer than to run the statement. */
class Jump extends Error {
  constructor(word: string) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(word);
    Error.stackTraceLimit = stackTraceLimit;
  }
}
class Return extends Jump {
  constructor(readonly stream: readonly Value[]) {
    super('return');
  }
}
class Break extends Jump {}
class Continue extends Jump {}

type Statement = (tree: Tree, out: Value[]) => void;

export class Interpreter implements Runner {
  readonly #functions = new Map<string, Tree>();
  readonly #expressions = new Expressions(this);
  #scope = new Scope();
  readonly #statements: Readonly<Record<string, Statement>> = {
    pipeline: (tree, out) => void out.push(...this.streamOfPipeline(tree)),
    if_statement: (tree, out) => this.#if(tree, out),
    foreach_statement: (tree, out) => this.#foreach(tree, out),
    for_statement: (tree, out) => this.#for(tree, out),
    switch_statement: (tree, out) => this.#switch(tree, out),
    try_statement: (tree, out) => this.#try(tree, out),
    flow_control_statement: (tree) => this.#flow(tree),
    function_statement: (tree) => void this.#functions.set(nameOf(tree).toLowerCase(), tree),
    empty_statement: () => undefined,
  };

  /** `replaced`: functions of the script, in small letters, for which a command of that name stands. */
  constructor(
    private readonly commands: Commands,
    private readonly replaced: ReadonlySet<string> = new Set(),
  ) {}

  get scope(): Scope {
    return this.#scope;
  }

  /** Runs a whole script, which puts out what it has to say as it goes. */
  run(program: Tree, out: Value[]): void {
    this.#block(program, out);
  }

  /** The statements within a block, a list of them, or a script. */
  statements(tree: Tree): Value[] {
    const out: Value[] = [];
    this.#block(tree, out);
    return out;
  }

  /** One value, where a statement stands for one: a list stays the list that it is. */
  valueOf(statement: Tree): Value {
    if (statement.type === 'pipeline') {
      const single = singleExpression(statement);
      return single === undefined
        ? collapsed(this.streamOfPipeline(statement))
        : this.#expressions.evaluate(single);
    }
    const out: Value[] = [];
    this.#statement(statement, out);
    return collapsed(out);
  }

  streamOfPipeline(pipeline: Tree): Value[] {
    const assignment = childOf(pipeline, 'assignment_expression');
    if (assignment !== undefined) {
      this.#assign(assignment);
      return [];
    }
    const [chain, another] = namedIn(pipeline);
    if (chain === undefined || another !== undefined) throw new Error(`not known here: ${pipeline.text}`);
    let stream: Value[] | undefined;
    for (const part of namedIn(chain)) {
      stream = part.type === 'command' ? this.#command(part, stream) : this.#expression(part);
    }
    return stream ?? [];
  }

  /** Runs a script block for one value of a pipeline, where its caller is. */
  runBlock(block: Tree, value: Value, parameter: string | undefined): Value[] {
    const before = this.#scope;
    this.#scope = new Scope(before, 'transparent');
    this.#scope.declare('_', value);
    if (parameter !== undefined) this.#scope.declare(parameter, value);
    try {
      return this.statements(block);
    } finally {
      this.#scope = before;
    }
  }

  #expression(tree: Tree): Value[] {
    // To count something up gives nothing.
    const value = this.#expressions.evaluate(tree);
    return /^\$[\w:]+\+\+$/.test(tree.text) ? [] : streamOf(value);
  }

  #block(tree: Tree, out: Value[]): void {
    for (const child of namedIn(tree)) {
      if (/^(?:statement_list|script_block|script_block_body|statement_block)$/.test(child.type)) {
        this.#block(child, out);
      } else if (child.type !== 'param_block') {
        this.#statement(child, out);
      }
    }
  }

  #statement(tree: Tree, out: Value[]): void {
    const known = this.#statements[tree.type];
    if (known === undefined) throw new Error(`the statement ${tree.type} is not known here: ${tree.text}`);
    known(tree, out);
  }

  #assign(tree: Tree): void {
    const [left, operator, value] = namedIn(tree);
    if (left === undefined || value === undefined) throw new Error(`not known here: ${tree.text}`);
    this.#expressions.assign(left, operator?.text ?? '', this.valueOf(value));
  }

  #if(tree: Tree, out: Value[]): void {
    const clauses = [tree, ...(childOf(tree, 'elseif_clauses')?.children ?? [])];
    for (const clause of clauses) {
      const condition = childOf(clause, 'pipeline');
      const block = childOf(clause, 'statement_block');
      if (condition === undefined || block === undefined) throw new Error('an if without its parts');
      if (isTrue(this.valueOf(condition))) return this.#block(block, out);
    }
    const otherwise = childOf(tree, 'else_clause');
    if (otherwise !== undefined) this.#block(otherwise, out);
  }

  #foreach(tree: Tree, out: Value[]): void {
    const [variable, pipeline, block] = namedIn(tree);
    if (variable === undefined || pipeline === undefined || block === undefined) throw new Error(tree.text);
    // Nothing is not gone through.
    const values = this.streamOfPipeline(pipeline);
    this.#loop(values, (value) => {
      this.#scope.set(variable.text.slice(1), value);
      this.#block(block, out);
    });
  }

  #for(tree: Tree, out: Value[]): void {
    const part = (type: string): Tree | undefined => childOf(childOf(tree, type) ?? tree, 'pipeline');
    const [start, condition, next] = ['for_initializer', 'for_condition', 'for_iterator'].map(part);
    const block = childOf(tree, 'statement_block');
    if (!start || !condition || !next || !block) throw new Error(`not known here: ${tree.text}`);
    this.streamOfPipeline(start);
    while (isTrue(this.valueOf(condition))) {
      const ended = this.#loop([null], () => this.#block(block, out));
      if (ended) return;
      this.streamOfPipeline(next);
    }
  }

  /** Whether it was broken off. */
  #loop(values: readonly Value[], body: (value: Value) => void): boolean {
    for (const value of values) {
      try {
        body(value);
      } catch (error) {
        if (error instanceof Break) return true;
        if (!(error instanceof Continue)) throw error;
      }
    }
    return false;
  }

  #switch(tree: Tree, out: Value[]): void {
    const condition = childOf(tree, 'switch_condition');
    const pipeline = condition && childOf(condition, 'pipeline');
    const clauses = childOf(childOf(tree, 'switch_body') ?? tree, 'switch_clauses');
    if (!pipeline || !clauses) throw new Error(`not known here: ${tree.text}`);
    const value = this.valueOf(pipeline);
    const parsed = namedIn(clauses).map((clause) => {
      const words = (childOf(clause, 'switch_clause_condition')?.text ?? '').trim();
      return { words, block: childOf(clause, 'statement_block') };
    });
    const fitting = parsed.filter(({ words }) => isEqual(value, words.replaceAll(/^'|'$/g, '')));
    const chosen = fitting.length > 0 ? fitting : parsed.filter(({ words }) => words === 'default');
    for (const { block } of chosen) if (block) this.#block(block, out);
  }

  #try(tree: Tree, out: Value[]): void {
    const body = childOf(tree, 'statement_block');
    const caught = childOf(childOf(tree, 'catch_clauses') ?? tree, 'catch_clause');
    if (body === undefined || caught === undefined) throw new Error(`not known here: ${tree.text}`);
    try {
      this.#block(body, out);
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error;
      const before = this.#scope;
      this.#scope = new Scope(before, 'transparent');
      this.#scope.declare('_', { Exception: { Message: error.message } });
      try {
        this.#block(caught, out);
      } finally {
        this.#scope = before;
      }
    }
  }

  #flow(tree: Tree): never {
    const word = tree.children[0]?.text.toLowerCase();
    const pipeline = childOf(tree, 'pipeline');
    if (word === 'break') throw new Break(word);
    if (word === 'continue') throw new Continue(word);
    if (word === 'return') throw new Return(pipeline === undefined ? [] : this.streamOfPipeline(pipeline));
    const value = pipeline === undefined ? null : this.valueOf(pipeline);
    if (word === 'throw') throw new ScriptError(textOf(value));
    throw new Exit(Number(textOf(value)));
  }

  #command(tree: Tree, input: readonly Value[] | undefined): Value[] {
    const each = childOf(tree, 'foreach_command');
    const name = each === undefined ? (childOf(tree, 'command_name')?.text ?? '') : 'ForEach-Object';
    const elements = this.#elements(each ? blocksOf(each) : childOf(tree, 'command_elements'));
    const own = this.#functions.get(name.toLowerCase());
    const isReplaced = this.replaced.has(name.toLowerCase());
    if (own !== undefined && !isReplaced) return this.#call(own, elements);
    const command = this.commands(name);
    if (command === undefined) throw new Error(`the command ${name} is not known here: ${tree.text}`);
    return command({ name, elements, input });
  }

  #elements(tree: Pick<Tree, 'children'> | undefined): ValuedElement[] {
    const elements: ValuedElement[] = [];
    const children = tree?.children ?? [];
    for (let at = 0; at < children.length; at++) {
      const child = children[at] as Tree;
      if (child.type === 'command_argument_sep') continue;
      if (child.type !== 'command_parameter') {
        const value =
          child.type === 'generic_token' ? wordValue(child.text) : this.#expressions.evaluate(child);
        elements.push({ kind: 'argument', text: shownText(value), value });
        continue;
      }
      const [colon, given] = [children[at + 1], children[at + 2]];
      if (colon?.text === ':' && given !== undefined) {
        const value = this.#expressions.evaluate(given);
        elements.push({ kind: 'parameter', text: child.text, bound: given.text, value });
        at += 2;
      } else elements.push({ kind: 'parameter', text: child.text, value: true });
    }
    return elements;
  }

  /** A function of the script, whose parameters are given by their places. */
  #call(tree: Tree, elements: readonly ValuedElement[]): Value[] {
    const parameters = childOf(childOf(tree, 'function_parameter_declaration') ?? tree, 'parameter_list');
    const body = childOf(tree, 'script_block');
    const before = this.#scope;
    const scope = new Scope(before);
    for (const [at, parameter] of (parameters ? namedIn(parameters) : []).entries()) {
      const value = elements[at]?.value ?? null;
      scope.declare(parameterName(parameter), this.#expressions.castFor(parameter, value));
    }
    this.#scope = scope;
    const out: Value[] = [];
    try {
      if (body !== undefined) this.#block(body, out);
    } catch (error) {
      if (!(error instanceof Return)) throw error;
      out.push(...error.stream);
    } finally {
      this.#scope = before;
    }
    return out;
  }
}

/** Where a pipeline is an expression and nothing else. */
function singleExpression(pipeline: Tree): Tree | undefined {
  const [chain, ...others] = pipeline.children;
  if (chain?.type !== 'pipeline_chain' || others.length > 0 || chain.children.length !== 1) return undefined;
  const [only] = chain.children;
  return only?.type === 'command' ? undefined : only;
}

function nameOf(tree: Tree): string {
  return childOf(tree, 'function_name')?.text ?? '';
}

function parameterName(parameter: Tree): string {
  return childOf(parameter, 'variable')?.text.slice(1) ?? '';
}

/** The grammar has this one command apart. */
function blocksOf(tree: Tree): Pick<Tree, 'children'> {
  return { children: namedIn(tree) };
}

/** A number is one without quotes too. */
function wordValue(text: string): Value {
  return /^\d+$/.test(text) ? Number(text) : text;
}

/** For the comparison with values that a parameter accepts. */
function shownText(value: Value): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '$value';
}
