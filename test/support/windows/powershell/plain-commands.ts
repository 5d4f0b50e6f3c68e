/** Commands of PowerShell itself, and of files, of which a host has those that its scripts made. */
import { boundCommand, type Given } from './given.js';
import { ScriptError, type Command } from './interpreter.js';
import { collapsed, Hashtable, isList, isTrue, memberOf, textOf, type Value } from './values.js';

export function plainCommands(
  files: Map<string, string>,
  sleep: (seconds: number) => void,
): Readonly<Record<string, Command>> {
  const file = (given: Given): string => {
    const text = files.get(given.text('-LiteralPath'));
    if (text === undefined) throw new ScriptError(`Cannot find path '${given.text('-LiteralPath')}'.`);
    return text;
  };
  const commands: Readonly<Record<string, (given: Given) => readonly Value[]>> = {
    'Where-Object': (given) =>
      inputOf(given).filter((each) => isTrue(collapsed(given.block('-FilterScript').run(each)))),
    'ForEach-Object': (given) => inputOf(given).flatMap((each) => given.block('-Process').run(each)),
    'Sort-Object': (given) => inputOf(given).toSorted(inOrderOf(given)),
    'Select-Object': (given) => inputOf(given).slice(0, given.number('-First')),
    'Out-Null': () => [],
    'Write-Output': (given) => [given.value('-InputObject')],
    'Join-Path': (given) => [`${given.text('-Path')}\\${given.text('-ChildPath')}`],
    'ConvertFrom-Json': (given) => [fromJson(JSON.parse(inputOf(given).map(textOf).join('')))],
    'ConvertTo-Json': (given) => [
      JSON.stringify(toJson(given.value('-InputObject'), given.number('-Depth'))),
    ],
    'Start-Sleep': (given) => {
      sleep(given.number('-Milliseconds') / 1000);
      return [];
    },
    'Test-Path': (given) => [files.has(given.text('-LiteralPath'))],
    'Get-Content': (given) => [file(given)],
    'Set-Content': (given) => {
      files.set(given.text('-LiteralPath'), given.text('-Value'));
      return [];
    },
    'Move-Item': (given) => {
      files.set(given.text('-Destination'), file(given));
      files.delete(given.text('-LiteralPath'));
      return [];
    },
    'Remove-Item': (given) => {
      file(given);
      files.delete(given.text('-LiteralPath'));
      return [];
    },
  };
  return Object.fromEntries(Object.entries(commands).map(([name, run]) => [name, boundCommand(run)]));
}

function inputOf(given: Given): readonly Value[] {
  return given.input ?? [];
}

function inOrderOf(given: Given): (one: Value, other: Value) => number {
  const property = given.text('-Property');
  const key = (value: Value): string | number => {
    const found = property === '' ? value : (memberOf(value, property) as Value);
    return typeof found === 'number' ? found : textOf(found);
  };
  return (one, other) => (key(one) < key(other) ? -1 : 1);
}

function fromJson(value: unknown): Value {
  if (Array.isArray(value)) return value.map(fromJson);
  if (typeof value !== 'object' || value === null) return value as Value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, fromJson(each)]));
}

/** What is deeper than asked for becomes its type's name on Windows; here it is an error. */
function toJson(value: Value, depth: number): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (depth < 0) throw new Error('ConvertTo-Json does not go as deep');
  if (isList(value)) return value.map((each) => toJson(each, depth - 1));
  if (!(value instanceof Hashtable)) throw new Error('ConvertTo-Json is given hashtables alone');
  return Object.fromEntries(value.keys.map((key) => [key, toJson(value.get(key), depth - 1)]));
}
