// Reads {name: text} from standard input, and prints what the TypeScript compiler says of each file.
const ts = require(process.argv[2]);

function kindOf(name) {
  if (name.endsWith("tsx")) return ts.ScriptKind.TSX;
  if (name.endsWith("ts")) return ts.ScriptKind.TS;
  return ts.ScriptKind.JSX;
}

function namesIn(clause) {
  const names = [];
  if (!clause) return names;
  if (clause.name) names.push([clause.name.text, "default"]);
  const bindings = clause.namedBindings;
  if (bindings && ts.isNamespaceImport(bindings)) names.push([bindings.name.text, "*"]);
  for (const each of (bindings && bindings.elements) || []) {
    names.push([each.name.text, (each.propertyName || each.name).text]);
  }
  return names;
}

function classOf(node, source) {
  const heritage = (node.heritageClauses || []).filter((each) => each.token === ts.SyntaxKind.ExtendsKeyword);
  const bases = heritage.flatMap((each) => each.types.map((type) => type.expression.getText(source)));
  const nameOf = (member) => (member.name ? member.name.getText(source) : "constructor");
  const isFunction = (value) => value && (ts.isArrowFunction(value) || ts.isFunctionExpression(value));
  const members = [...node.members];
  const isField = (each) => ts.isPropertyDeclaration(each) || ts.isGetAccessorDeclaration(each);
  const properties = members
    .filter((each) => ts.isConstructorDeclaration(each))
    .flatMap((each) => each.parameters.filter((given) => ts.isParameterPropertyDeclaration(given, each)));
  const methods = members.filter((each) => each.body && !ts.isClassStaticBlockDeclaration(each));
  const functions = members.filter((each) => ts.isPropertyDeclaration(each) && isFunction(each.initializer));
  return {
    name: node.name ? node.name.text : null,
    variable: ts.isVariableDeclaration(node.parent) ? node.parent.name.getText(source) : null,
    line: source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1,
    bases,
    methods: [...methods, ...functions].map(nameOf).sort(),
    fields: [...new Set([...members.filter(isField), ...properties].map(nameOf))].sort(),
  };
}

function read(name, text) {
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true, kindOf(name));
  const found = { errors: source.parseDiagnostics.length, any: [], imports: [], names: [], classes: [] };
  const lineOf = (node) => source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
  const visit = (node, within) => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) found.any.push(lineOf(node));
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
      found.imports.push(node.moduleSpecifier.text);
      if (ts.isImportDeclaration(node)) found.names.push(...namesIn(node.importClause));
    }
    if (ts.isCallExpression(node) && node.arguments.length === 1 && ts.isStringLiteral(node.arguments[0])) {
      const callee = node.expression;
      const loads = callee.kind === ts.SyntaxKind.ImportKeyword || callee.getText(source) === "require";
      if (loads) found.imports.push(node.arguments[0].text);
    }
    if (ts.isImportTypeNode(node)) found.imports.push(node.argument.literal.text);
    const isClass = ts.isClassDeclaration(node) || ts.isClassExpression(node);
    if (isClass && !within) found.classes.push(classOf(node, source));
    ts.forEachChild(node, (child) => visit(child, within || isClass));
  };
  visit(source, false);
  return found;
}

let input = "";
process.stdin.on("data", (part) => (input += part));
process.stdin.on("end", () => {
  const files = JSON.parse(input);
  const out = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, read(name, text)]));
  process.stdout.write(JSON.stringify(out));
});
