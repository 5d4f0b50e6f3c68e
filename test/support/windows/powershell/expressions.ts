/** Evaluates expressions of PowerShell, as far as Homeward's scripts have them. */
import { cast, operate, staticMember } from './operators.js';
import { Scope } from './scope.js';
import { childOf, namedIn, type Tree } from './tree.js';
import {
  collapsed,
  Hashtable,
  isList,
  isTrue,
  memberOf,
  numberOf,
  textOf,
  type Method,
  type ScriptBlock,
  type Value,
} from './values.js';

/** Runs the statements that are within expressions. */
export interface Runner {
  readonly scope: Scope;
  statements(tree: Tree): Value[];
  valueOf(statement: Tree): Value;
  runBlock(block: Tree, value: Value, parameter: string | undefined): Value[];
}

const CONSTANTS: Readonly<Record<string, Value>> = { true: true, false: false, null: null };
const LOGICAL = /^-(?:and|or)$/i;

export class Expressions {
  readonly #known: Readonly<Record<string, (tree: Tree) => Value>> = {
    variable: (tree) => this.#variable(tree.text),
    decimal_integer_literal: (tree) => Number(tree.text),
    verbatim_string_characters: (tree) => tree.text.slice(1, -1).replaceAll("''", "'"),
    verbatim_here_string_characters: (tree) => tree.text.replaceAll(/^@'\s*\n|\n'@$/g, ''),
    expandable_string_literal: (tree) => this.#expanded(tree),
    parenthesized_expression: (tree) => this.runner.valueOf(only(tree)),
    sub_expression: (tree) => collapsed(this.runner.statements(tree)),
    array_expression: (tree) => this.runner.statements(tree),
    script_block_expression: (tree) => this.#block(tree),
    hash_literal_expression: (tree) => this.#hashtable(tree),
    array_literal_expression: (tree) => this.#list(tree),
    expression_with_unary_operator: (tree) => this.#unary(tree),
    cast_expression: (tree) => cast(typeIn(tree), this.evaluate(last(tree))),
    member_access: (tree) => this.#member(tree),
    element_access: (tree) => this.#element(tree),
    invokation_expression: (tree) => this.#invoke(tree),
    post_increment_expression: (tree) => this.#increment(tree),
  };

  constructor(private readonly runner: Runner) {}

  evaluate(tree: Tree): Value {
    const known = this.#known[tree.type];
    if (known !== undefined) return known(tree);
    const [first, operator, second] = tree.children;
    if (first !== undefined && operator === undefined) return this.evaluate(first);
    if (first && operator && second && tree.type.endsWith('_expression') && tree.children.length === 3)
      return this.#binary(first, operator.text, second);
    throw new Error(`the expression ${tree.type} is not known here: ${tree.text}`);
  }

  assign(left: Tree, operator: string, value: Value): void {
    const target = innermost(left);
    const made = operator === '+=' ? operate('+', this.evaluate(target), value) : value;
    if (operator !== '=' && operator !== '+=') throw new Error(`${operator} is not known here`);
    if (target.type === 'variable') return this.#set(target.text, made);
    const [owner, , key] = target.children;
    const table = owner === undefined ? null : this.evaluate(owner);
    if (!(table instanceof Hashtable) || key === undefined) throw new Error(`not known here: ${left.text}`);
    table.set(target.type === 'element_access' ? this.evaluate(key) : key.text, made);
  }

  /** As the type before a parameter has it. */
  castFor(parameter: Tree, value: Value): Value {
    const [, type] = /^\[(\w+)\]/.exec(parameter.text) ?? [];
    return type === undefined ? value : cast(type, value);
  }

  #binary(left: Tree, operator: string, right: Tree): Value {
    if (!LOGICAL.test(operator)) return operate(operator, this.evaluate(left), this.evaluate(right));
    const first = isTrue(this.evaluate(left));
    if (first === /^-or$/i.test(operator)) return first;
    return isTrue(this.evaluate(right));
  }

  #variable(text: string): Value {
    const name = text.slice(1);
    const [, variable] = /^env:(\w+)$/i.exec(name) ?? [];
    if (variable !== undefined) return `C:\\${variable}`;
    const constant = CONSTANTS[name.toLowerCase()];
    if (constant !== undefined) return constant;
    return scopeOf(this.runner.scope, name).get(plain(name));
  }

  #set(text: string, value: Value): void {
    const name = text.slice(1);
    scopeOf(this.runner.scope, name).set(plain(name), value);
  }

  /** Text between what stands for values stays as it is; escapes are not known here. */
  #expanded(tree: Tree): string {
    const parts: string[] = [];
    let at = tree.start + 1;
    const end = tree.start + tree.text.length - 1;
    const between = (from: number, to: number) => tree.text.slice(from - tree.start, to - tree.start);
    for (const child of tree.children.filter(
      ({ type }) => type === 'variable' || type === 'sub_expression',
    )) {
      parts.push(between(at, child.start), textOf(this.evaluate(child)));
      at = child.start + child.text.length;
    }
    parts.push(between(at, end));
    if (/`/.test(tree.text)) throw new Error(`an escape is not known here: ${tree.text}`);
    return parts.join('');
  }

  #block(tree: Tree): ScriptBlock {
    const parameter = /^\{\s*param\(\$(\w+)\)/.exec(tree.text)?.[1];
    const body = childOf(tree, 'script_block');
    if (body === undefined) throw new Error(`not known here: ${tree.text}`);
    return { block: body, run: (value) => this.runner.runBlock(body, value, parameter) };
  }

  #hashtable(tree: Tree): Hashtable {
    const table = new Hashtable();
    for (const entry of namedIn(childOf(tree, 'hash_literal_body') ?? { ...tree, children: [] })) {
      const [key, value] = namedIn(entry);
      if (key === undefined || value === undefined) throw new Error(`not known here: ${entry.text}`);
      table.set(key.text, this.runner.valueOf(value));
    }
    return table;
  }

  #list(tree: Tree): Value {
    const values = namedIn(tree);
    const [first] = values;
    return values.length === 1 && first ? this.evaluate(first) : values.map((each) => this.evaluate(each));
  }

  #unary(tree: Tree): Value {
    const [operator, operand] = tree.children;
    if (operator === undefined) throw new Error(tree.text);
    if (operand === undefined) return this.evaluate(operator);
    const value = this.evaluate(operand);
    if (/^(?:-not|!)$/i.test(operator.text)) return !isTrue(value);
    if (operator.text === '-') return -numberOf(value);
    throw new Error(`the operator ${operator.text} is not known here`);
  }

  #member(tree: Tree): Value {
    const found = this.#found(tree);
    if (typeof found === 'function') throw new Error(`not known here: ${tree.text}`);
    return found;
  }

  #invoke(tree: Tree): Value {
    const list = childOf(childOf(tree, 'argument_list') ?? tree, 'argument_expression_list');
    const words = (list ? namedIn(list) : []).map((each) => this.evaluate(each));
    const found = this.#found(tree);
    if (typeof found !== 'function') throw new Error(`not known here: ${tree.text}`);
    return found(...words);
  }

  /** Of a type, or of a value. */
  #found(tree: Tree): Value | Method {
    const [owner, , member] = tree.children;
    if (owner === undefined || member === undefined) throw new Error(tree.text);
    const name = member.text.startsWith('$') ? textOf(this.#variable(member.text)) : member.text;
    if (owner.type !== 'type_literal') return memberOf(this.evaluate(owner), name);
    const type = owner.text.slice(1, -1);
    const own = this.runner.scope.get(`[${type}]`);
    return own === null ? staticMember(type, name) : memberOf(own, name);
  }

  #element(tree: Tree): Value {
    const [owner, , index] = tree.children;
    if (owner === undefined || index === undefined) throw new Error(tree.text);
    const [table, key] = [this.evaluate(owner), this.evaluate(index)];
    if (table instanceof Hashtable) return table.get(key);
    if (isList(table)) return table.at(numberOf(key)) ?? null;
    throw new Error(`not known here: ${tree.text}`);
  }

  #increment(tree: Tree): Value {
    const [target] = tree.children;
    if (target?.type !== 'variable') throw new Error(`not known here: ${tree.text}`);
    const value = this.#variable(target.text);
    this.#set(target.text, numberOf(value) + 1);
    return value;
  }
}

function scopeOf(scope: Scope, name: string): Scope {
  return /^script:/i.test(name) ? scope.top : scope;
}

function plain(name: string): string {
  return name.replace(/^script:/i, '');
}

function only(tree: Tree): Tree {
  const [first, second] = namedIn(tree);
  if (first === undefined || second !== undefined) throw new Error(`not known here: ${tree.text}`);
  return first;
}

function last(tree: Tree): Tree {
  return tree.children.at(-1) as Tree;
}

function typeIn(tree: Tree): string {
  return childOf(tree, 'type_literal')?.text.slice(1, -1) ?? '';
}

/** Through everything that has a single part. */
function innermost(tree: Tree): Tree {
  const [first, second] = tree.children;
  return first !== undefined && second === undefined ? innermost(first) : tree;
}
