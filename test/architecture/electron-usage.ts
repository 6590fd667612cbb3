/**
 * @file Which members of Electron a source file touches, read from its syntax tree. Types are followed through Electron's own
 * declarations: `window.webContents.send` counts as `WebContents.send` when `window` is a `BrowserWindow`.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseSync } from 'oxc-parser';

/** A node of the syntax tree, as far as this file reads it. */
interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** Type name → member → name of the member's (or the method's result's) type. */
type TypeGraph = ReadonlyMap<string, ReadonlyMap<string, string | undefined>>;

export interface ElectronTypes {
  readonly members: TypeGraph;
  /** `Type.method` → its declarations, one for each overload. */
  readonly methods: ReadonlyMap<string, readonly Node[]>;
  /** Export of `electron` → its type. */
  readonly exports: ReadonlyMap<string, string>;
}

/** `App.quit` for a member, `App#before-quit` for an event. */
export type Usage = string;

export function readElectronTypes(): ElectronTypes {
  const file = join(dirname(createRequire(import.meta.url).resolve('electron/package.json')), 'electron.d.ts');
  const namespace = bodyOf(findNamed(parse(file, readFileSync(file, 'utf8')), 'Electron'));
  const members = new Map<string, Map<string, string | undefined>>();
  const methods = new Map<string, Node[]>();
  const parents = new Map<string, string>();
  for (const declaration of namespace) {
    if (!/^(TSInterfaceDeclaration|ClassDeclaration)$/.test(declaration.type)) continue;
    const name = nameOf(declaration['id']);
    const own = members.get(name) ?? new Map<string, string | undefined>();
    for (const member of bodyOf(declaration)) {
      const key = nameOf(member['key']);
      methods.set(`${name}.${key}`, [...(methods.get(`${name}.${key}`) ?? []), member]);
      if (key !== '' && !own.has(key)) own.set(key, typeNameOf(returnTypeOf(member) ?? member['typeAnnotation']));
    }
    members.set(name, own);
    const parent = nameOf(declaration['superClass']) || nameOf(nodesIn(declaration['extends'])[0]?.['expression']);
    if (parent !== '') parents.set(name, parent);
  }
  for (const [name, own] of members) {
    for (let parent = parents.get(name); parent !== undefined; parent = parents.get(parent)) {
      for (const [key, type] of members.get(parent) ?? []) if (!own.has(key)) own.set(key, type);
    }
  }
  const exports = new Map<string, string>();
  for (const part of ['Main', 'Common', 'Renderer']) {
    for (const declaration of bodyOf(findNamed(namespace, part))) {
      for (const declarator of nodesIn(declaration['declarations'])) {
        const type = typeNameOf((declarator['id'] as Node)['typeAnnotation']);
        if (type !== undefined) exports.set(nameOf(declarator['id']), type);
      }
      if (declaration.type === 'ClassDeclaration') exports.set(nameOf(declaration['id']), nameOf(declaration['id']));
    }
  }
  return { members, methods, exports };
}

export function electronUsage(file: string, source: string, types: ElectronTypes): ReadonlySet<Usage> {
  const program = parse(file, source);
  const known = new Map<string, string>(); // identifier → Electron type of it, or of what it returns
  const parameters: { readonly name: string; readonly type: string; readonly within: Node }[] = [];
  const typeNames = new Map<string, string>();
  const usage = new Set<Usage>();

  for (const statement of program.filter((node) => node.type === 'ImportDeclaration')) {
    if (!/^electron(\/|$)/.test(String((statement['source'] as Node)['value']))) continue;
    for (const specifier of nodesIn(statement['specifiers'])) {
      const imported = nameOf(specifier['imported']);
      const local = nameOf(specifier['local']);
      if (imported === '') typeNames.set(local, '*');
      else if (types.members.has(imported)) typeNames.set(local, imported);
      const exported = types.exports.get(imported);
      if (statement['importKind'] !== 'type' && specifier['importKind'] !== 'type') {
        if (exported === undefined) usage.add(`electron.${imported || '*'}`);
        else known.set(local, exported);
      }
    }
  }
  if (known.size === 0 && typeNames.size === 0 && usage.size === 0) return usage;

  function annotated(annotation: unknown): string | undefined {
    for (const reference of find(annotation, (node) => node.type === 'TSTypeReference')) {
      const name = reference['typeName'] as Node;
      if (name.type === 'TSQualifiedName' && typeNames.get(nameOf(name['left'])) === '*') return nameOf(name['right']);
      const type = typeNames.get(nameOf(name));
      if (type !== undefined && type !== '*') return type;
    }
    return undefined;
  }

  function typeOf(expression: unknown): string | undefined {
    const node = expression as Node | null | undefined;
    switch (node?.type) {
      case 'Identifier':
        return (
          parameters.findLast(({ name, within }) => name === nameOf(node) && contains(within, node))?.type ??
          known.get(nameOf(node))
        );
      case 'MemberExpression': {
        const type = typeOf(node['object']);
        return type === undefined ? undefined : types.members.get(type)?.get(nameOf(node['property']));
      }
      case 'CallExpression':
      case 'NewExpression':
        return typeOf(node['callee']);
      case 'ConditionalExpression':
        return typeOf(node['consequent']) ?? typeOf(node['alternate']);
      case 'LogicalExpression':
        return typeOf(node['right']) ?? typeOf(node['left']);
      case 'AwaitExpression':
        return typeOf(node['argument']);
      case 'ChainExpression':
      case 'TSNonNullExpression':
      case 'TSAsExpression':
      case 'ParenthesizedExpression':
        return typeOf(node['expression']);
      default:
        return undefined;
    }
  }

  /** Gives the parameters of a callback the types that Electron declares for them. */
  function learnCallbacks(call: Node): void {
    const callee = call['callee'] as Node;
    const type = callee.type === 'MemberExpression' ? typeOf(callee['object']) : undefined;
    const values = nodesIn(call['arguments']);
    for (const overload of types.methods.get(`${type}.${nameOf(callee['property'])}`) ?? []) {
      const declared = parametersOf((overload['value'] as Node | undefined) ?? overload);
      const literal = find(declared[0]?.['typeAnnotation'], (node) => node.type === 'Literal')[0]?.['value'];
      if (literal !== undefined && literal !== values[0]?.['value']) continue;
      values.forEach((value, index) => {
        if (value.type !== 'ArrowFunctionExpression' && value.type !== 'FunctionExpression') return;
        const signature = find(declared[index]?.['typeAnnotation'], (node) => node.type === 'TSFunctionType')[0];
        parametersOf(value).forEach((parameter, position) => {
          const parameterType = typeNameOf(parametersOf(signature)[position]?.['typeAnnotation']);
          // Events carry their own details in a type parameter, which is not followed.
          if (parameterType === undefined || parameterType === 'Event' || !types.members.has(parameterType)) return;
          parameters.push({ name: nameOf(parameter), type: parameterType, within: value });
        });
      });
    }
  }

  // Twice, so that a name may be declared below its first use.
  for (let round = 0; round < 2; round += 1) {
    for (const node of find(program, () => true)) {
      if (node.type === 'Identifier' && node['typeAnnotation']) {
        const type = annotated(node['typeAnnotation']);
        if (type !== undefined) known.set(nameOf(node), type);
      }
      if (node.type === 'CallExpression') learnCallbacks(node);
      if (node.type === 'FunctionDeclaration') {
        const type = annotated(node['returnType']);
        if (type !== undefined) known.set(nameOf(node['id']), type);
      }
      if (node.type === 'VariableDeclarator' && !known.has(nameOf(node['id']))) {
        const type = typeOf(node['init']);
        if (type !== undefined) known.set(nameOf(node['id']), type);
      }
    }
  }
  for (const node of find(program, (candidate) => candidate.type === 'MemberExpression')) {
    const type = typeOf(node['object']);
    if (type !== undefined && types.members.has(type)) usage.add(`${type}.${nameOf(node['property'])}`);
  }
  for (const call of find(program, (node) => node.type === 'CallExpression')) {
    const callee = call['callee'] as Node;
    const [first] = nodesIn(call['arguments']);
    const type = callee.type === 'MemberExpression' ? typeOf(callee['object']) : undefined;
    if (
      type === undefined ||
      !/^(on|once|addListener)$/.test(nameOf(callee['property'])) ||
      typeof first?.['value'] !== 'string'
    )
      continue;
    usage.add(`${type}#${first['value']}`);
  }
  return usage;
}

/** The member names of the object given to `refuseOthers(…, name)` in the host's page code. */
export function membersOfPageObject(source: string, name: string): readonly string[] {
  for (const call of find(parse('worlds.ts', source), (node) => node.type === 'CallExpression')) {
    const [members, label] = nodesIn(call['arguments']);
    if (nameOf(call['callee']) === 'refuseOthers' && label?.['value'] === name) {
      return nodesIn(members?.['properties']).map((property) => nameOf(property['key']));
    }
  }
  throw new Error(`the host's page code has no ${name}`);
}

function parse(file: string, source: string): readonly Node[] {
  const { program, errors } = parseSync(file, source);
  if (errors[0]) throw new Error(`${file}: ${errors[0].message}`);
  return program.body as unknown as readonly Node[];
}

function contains(outer: Node, inner: Node): boolean {
  return Number(outer['start']) <= Number(inner['start']) && Number(inner['end']) <= Number(outer['end']);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}

function nodesIn(value: unknown): readonly Node[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** All nodes in and below `root` that `accept`, in source order. */
function find(root: unknown, accept: (node: Node) => boolean): readonly Node[] {
  if (Array.isArray(root)) return root.flatMap((item) => find(item, accept));
  if (!isNode(root)) return [];
  return [
    ...(accept(root) ? [root] : []),
    ...Object.values(root).flatMap((value) => (typeof value === 'object' ? find(value, accept) : [])),
  ];
}

function nameOf(value: unknown): string {
  if (!isNode(value)) return '';
  if (typeof value['name'] === 'string') return value['name'];
  return typeof value['value'] === 'string' ? value['value'] : '';
}

/** Declarations in a namespace, class or interface, without `export`. */
function bodyOf(declaration: Node): readonly Node[] {
  return nodesIn((declaration['body'] as Node)['body']).map((node) =>
    isNode(node['declaration']) ? node['declaration'] : node,
  );
}

function findNamed(declarations: readonly Node[], name: string): Node {
  const found = declarations.find(
    (declaration) => declaration.type === 'TSModuleDeclaration' && nameOf(declaration['id']) === name,
  );
  if (!found) throw new Error(`electron.d.ts has no namespace ${name}`);
  return found;
}

/** Parameters of a function, a method or a function type. */
function parametersOf(node: Node | undefined): readonly Node[] {
  return nodesIn(node?.['params'] ?? node?.['parameters']);
}

function returnTypeOf(member: Node): unknown {
  return member['returnType'] ?? (member['value'] as Node | undefined)?.['returnType'];
}

/** `Session`, `(Session) | (null)`, `Promise<Session>`, `typeof Session` and `Session[]` all lead to `Session`. */
function typeNameOf(annotation: unknown): string | undefined {
  const names = find(annotation, (node) => node.type === 'TSTypeReference' || node.type === 'TSTypeQuery').map(
    (node) => {
      const name = (node['typeName'] ?? node['exprName']) as Node;
      return nameOf(name.type === 'TSQualifiedName' ? name['right'] : name);
    },
  );
  return names.find((name) => name !== '' && name !== 'Promise' && name !== 'Array');
}
