// Reads workflow commands from stdin and writes each as GitHub's own toolkit does: the same bytes, or one of us is wrong.
import { issueCommand } from "@actions/core/lib/command.js";
import { readFileSync } from "node:fs";

const decoded = (text, pairs) => pairs.reduce((t, [code, char]) => t.replaceAll(code, char), text);
const DATA = [["%0D", "\r"], ["%0A", "\n"], ["%25", "%"]];
const PROPERTY = [["%3A", ":"], ["%2C", ","], ...DATA];

for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const [, command, properties, message] = line.match(/^::(error|warning|notice) (.*?)::(.*)$/s);
  const known = ["file", "line", "endLine", "col", "endColumn", "title"];
  const pairs = properties.split(",").map((pair) => {
    const at = pair.indexOf("=");
    return [pair.slice(0, at), decoded(pair.slice(at + 1), PROPERTY)];
  });
  const unknown = pairs.filter(([name]) => !known.includes(name));
  if (unknown.length) throw new Error(`no property of annotations: ${unknown}`);
  issueCommand(command, Object.fromEntries(pairs), decoded(message, DATA));
}
