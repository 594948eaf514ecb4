import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import ts from "typescript";

/** What each package may depend on; a row names only earlier rows (ARCHITECTURE.md has the picture). */
export const allowedEdges: Record<string, readonly string[]> = {
  tokenizer: [],
  quant: [],
  kernels: ["quant"],
  model: ["tokenizer", "quant", "kernels"],
  finetune: ["tokenizer", "quant", "kernels", "model"],
  eval: ["tokenizer", "quant", "kernels", "model"],
  server: ["tokenizer", "quant", "model", "finetune"],
  web: ["tokenizer", "model"],
  cli: ["tokenizer", "quant", "kernels", "model", "finetune", "eval", "server"],
};

/** Entries that browsers load: nothing they reach may import a Node built-in. */
export const browserEntries: Record<string, readonly string[]> = {
  tokenizer: ["."],
  quant: ["."],
  kernels: [".", "./ort-web"],
};

/** The one folder that may import onnxruntime-*. */
const ORT_HOME = "packages/kernels/src/backends/ort/";
const SCOPE = "@baichuan2/";

interface Import {
  readonly specifier: string;
  /** Erased at run time. */
  readonly isTypeOnly: boolean;
}

interface Package {
  readonly name: string;
  /** Relative to the root, with `/`. */
  readonly folder: string;
  readonly manifest: {
    dependencies?: Record<string, string>;
    peerDependencies?: Record<string, string>;
    exports?: Record<string, Record<string, string>>;
  };
}

/**
 * Checks that imports point down.
 *
 * @param root - Folder of the workspace.
 * @returns one line per violation; empty if the house stands.
 */
export function layerViolations(root: string): string[] {
  const packages = ["packages", "apps"].flatMap((group) => readPackages(root, group));
  return [
    ...packages.flatMap((pkg) => manifestViolations(pkg)),
    ...packages.flatMap((pkg) => importViolations(root, pkg)),
    ...packages.flatMap((pkg) => browserViolations(root, pkg, packages)),
  ];
}

function manifestViolations({ name, folder, manifest }: Package): string[] {
  const allowed = allowedEdges[name];
  if (!allowed) return [`${folder}: expected a row in the table of tooling/layers.ts, found none`];
  return dependenciesOf(manifest)
    .filter((dependency) => !allowed.includes(dependency))
    .map((dependency) => `${folder}/package.json: ${name} may not depend on ${dependency}`);
}

function importViolations(root: string, { name, folder, manifest }: Package): string[] {
  const declared = [name, ...dependenciesOf(manifest)];
  return sourceFiles(join(root, folder, "src")).flatMap((file) => {
    const path = relative(root, file).split(sep).join("/");
    return importsOf(file).flatMap(({ specifier }) => {
      const target = packageOf(specifier);
      if (target && target !== "tooling" && !declared.includes(target))
        return `${path}: imports ${specifier}, which ${folder}/package.json does not declare`;
      if (specifier.startsWith(".") && leaves(join(root, folder), file, specifier))
        return `${path}: imports ${specifier}, outside its own package`;
      if (specifier.startsWith("onnxruntime-") && !path.startsWith(ORT_HOME))
        return `${path}: imports ${specifier}; only ${ORT_HOME} may`;
      return [];
    });
  });
}

/** Walks what each browser entry loads, over package borders, keeping the way there for the message. */
function browserViolations(root: string, pkg: Package, packages: readonly Package[]): string[] {
  const entries = (browserEntries[pkg.name] ?? []).flatMap((entry) => {
    const file = sourceOf(root, pkg, entry);
    return file ? { file, trail: [`${SCOPE}${pkg.name} "${entry}"`] } : [];
  });
  const seen = new Set<string>();
  const violations: string[] = [];
  const queue = [...entries];
  for (let next = queue.pop(); next; next = queue.pop()) {
    const { file, trail } = next;
    if (seen.has(file) || !existsSync(file)) continue;
    seen.add(file);
    const here = [...trail, relative(root, file).split(sep).join("/")];
    for (const { specifier, isTypeOnly } of importsOf(file)) {
      if (isTypeOnly) continue;
      if (isBuiltin(specifier))
        violations.push(`browser entry reaches ${specifier}: ${here.join(" -> ")}`);
      const target = resolveOwn(root, file, specifier, packages);
      if (target) queue.push({ file: target, trail: here });
    }
  }
  return violations;
}

function resolveOwn(
  root: string,
  from: string,
  specifier: string,
  packages: readonly Package[],
): string | undefined {
  if (specifier.startsWith(".")) return join(dirname(from), specifier);
  const pkg = packages.find(({ name }) => name === packageOf(specifier));
  return pkg && sourceOf(root, pkg, `.${specifier.slice(SCOPE.length + pkg.name.length)}`);
}

/** The source file of an entry of a package's `exports`. */
function sourceOf(root: string, { folder, manifest }: Package, entry: string): string | undefined {
  const source = manifest.exports?.[entry]?.[`${SCOPE}source`];
  return source === undefined ? undefined : join(root, folder, source);
}

/** `import`, `export … from` and `import()` of a file, as far as the specifier is a literal. */
function importsOf(file: string): Import[] {
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      const isTypeOnly = ts.isImportDeclaration(node)
        ? node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
        : node.isTypeOnly;
      if (node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier))
        found.push({ specifier: node.moduleSpecifier.text, isTypeOnly });
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [specifier] = node.arguments;
      if (specifier && ts.isStringLiteralLike(specifier))
        found.push({ specifier: specifier.text, isTypeOnly: false });
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest));
  return found;
}

function readPackages(root: string, group: string): Package[] {
  const folder = join(root, group);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, "package.json")))
    .map((name) => ({
      name,
      folder: `${group}/${name}`,
      manifest: JSON.parse(readFileSync(join(folder, name, "package.json"), "utf8")),
    }));
}

function dependenciesOf({ dependencies, peerDependencies }: Package["manifest"]): string[] {
  return Object.keys({ ...dependencies, ...peerDependencies }).flatMap(
    (name) => packageOf(name) ?? [],
  );
}

/** Folder name of the package of ours that a specifier names. */
function packageOf(specifier: string): string | undefined {
  return specifier.startsWith(SCOPE) ? specifier.slice(SCOPE.length).split("/")[0] : undefined;
}

function sourceFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name) && !name.includes("__fixtures__"))
    .map((name) => join(folder, name));
}

function leaves(folder: string, file: string, specifier: string): boolean {
  return relative(folder, join(dirname(file), specifier)).startsWith("..");
}
