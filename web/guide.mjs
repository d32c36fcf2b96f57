// Writes every ```ts block of docs/frontend.md into one module, each on its own lines: an error's line is the guide's.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";

const lines = readFileSync("../docs/frontend.md", "utf8").split("\n");
let inside = false;
const code = lines.map((line) => {
  const fence = line.startsWith("```");
  if (fence) inside = !inside && line.trim() === "```ts";
  return inside && !fence ? line : "";
});
if (code.every((line) => line === "")) throw new Error("docs/frontend.md has no ```ts block.");
mkdirSync("generated", { recursive: true });
copyFileSync("client/generated/croquis.ts", "generated/croquis.ts");
// as Next.js, and Node, know it
const ambient = "declare const process: { readonly env: Readonly<Record<string, string>> };";
writeFileSync("generated/guide.ts", `${code.join("\n")}\n${ambient}\nexport {};\n`);
