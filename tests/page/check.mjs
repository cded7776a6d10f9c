// SPDX-License-Identifier: MIT
// Looks at pages as readers do: node check.mjs DRIVER-PORT CHROMIUM CLI OUT AGENT-URL
// Screenshots and pages are left in OUT. The lists of hosts are rows of the catalogue.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { Browser } from "./browser.mjs";

const [port, chromium, cli, out, agent] = process.argv.slice(2);
const contrast = readFileSync(new URL("contrast.js", import.meta.url), "utf8");
let failures = 0;

function check(what, holds, ...detail) {
  if (holds) return;
  failures++;
  console.error(`FAIL: ${what}`, ...detail);
}

const run = (...words) => execFileSync(cli, words, { encoding: "utf8", maxBuffer: 1 << 28 });
const url = (name) => `file://${out}/${name}.html`;

/** A list of hosts as a page, and as the document that has the same. */
function make(name, lines, ...options) {
  writeFileSync(`${out}/${name}.txt`, lines.join("\n") + "\n");
  writeFileSync(`${out}/${name}.html`, run("fleet", `${out}/${name}.txt`, "--format", "html", ...options));
  return lines;
}

const rows = JSON.parse(run("catalogue", "--format", "json")).processors;
const text = (name) => rows.find((row) => row.name === name || row.alias === name).fingerprint.text;
const several = (count, prefix, name) =>
  Array.from({ length: count }, (_, i) => `${prefix}${String(i + 1).padStart(2, "0")} ${text(name)}`);
const distinct = [...new Map(rows.map((row) => [row.fingerprint.id, row])).values()];
const evil = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</script><b>bold", "u\u2028v", "\u202Ertl\u202E", "--><!--", "'><style>*{display:none}</style>"];

make("2", [...several(1, "web", "ice-lake-sp"), ...several(1, "db", "cascade-lake-sp")]);
const sixteen = make("16", [...several(6, "web", "ice-lake-sp"), ...several(4, "db", "cascade-lake-sp"), ...several(2, "new", "sapphire-rapids"),
  ...several(2, "lab", "milan"), ...several(1, "old", "haswell-ep"), ...several(1, "gen", "genoa"), "broken nonsense"]);
make("64", Array.from({ length: 64 }, (_, i) => distinct[Math.floor((i * distinct.length) / 64)]).map((row, i) => `h${i}-${row.name} ${row.fingerprint.text}`));
// Names have no blanks in a list, and bytes of them that are no ASCII become question marks; those, the unit tests render.
make("evil", evil.map((name, i) => `${name.replaceAll(" ", "/")} ${i % 2 ? text("milan") : text("ice-lake-sp")}`));
writeFileSync(`${out}/noisy.html`, readFileSync(`${out}/2.html`, "utf8").replace("<main>", '<main><p style="color:red" onclick="1">'));

const browser = await Browser.start(port, chromium);
await browser.command("Page.enable");

/** Nothing was complained about, and nobody asked for anything. */
async function quiet(what) {
  const log = (await browser.log()).filter((line) => !/favicon/.test(line.message));
  check(`${what}: the console is silent`, log.length === 0, log.map((line) => line.message));
}

/** Every look of a page: no text too faint, nothing but the matrix's box wider than the screen. */
async function looks(name, address) {
  for (const theme of ["light", "dark"])
    for (const width of [1280, 360]) {
      const what = `${name} ${theme} ${width}`;
      await browser.look(width, 800, theme);
      await browser.go(address);
      const cell = await browser.value('[...document.querySelectorAll("#matrix td.x a, #matrix td.c a")].length');
      if (cell) await browser.click("#matrix td.c a, #matrix td.x a");
      check(`${what}: fits`, (await browser.value("document.documentElement.scrollWidth")) <= width,
        await browser.value(`[...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > ${width + 1} && !e.closest(".box")).slice(0, 3).map((e) => e.outerHTML.slice(0, 80))`));
      const worst = await browser.value(contrast);
      check(`${what}: contrast`, worst.ratio >= 4.5 && worst.count > 20, worst);
      await browser.value("window.scrollTo({ top: 0, behavior: 'instant' })");
      await browser.shoot(`${out}/${name}-${theme}-${width}.png`);
      await quiet(what);
    }
}

const letters = () => browser.value('[...document.querySelectorAll("#matrix tbody tr")].map((r) => [...r.cells].slice(1).map((c) => c.textContent).join(""))');
const panel = () => browser.value('document.getElementById("panel").hidden ? "" : document.getElementById("panel").innerText');
const shownRows = () => browser.value('[...document.querySelectorAll("#matrix tbody tr")].filter((r) => r.checkVisibility()).map((r) => r.cells[0].firstElementChild.textContent).join("")');
const choose = (id, value) => browser.value(`(() => { const e = document.getElementById("${id}"); e.value = ${JSON.stringify(value)}; e.dispatchEvent(new Event("change", { bubbles: true })); })()`);

async function works() {
  await browser.look(1280, 900, "light");
  await browser.go(url("16"));
  const document16 = (policy) => JSON.parse(run("fleet", `${out}/16.txt`, "--format", "json", "--policy", policy));
  const lines = (policy) => document16(policy).matrix.map((row) => row.join(""));

  check("letters", String(await letters()) === String(lines("kvm")), await letters());
  await browser.click("#matrix tbody tr:nth-child(1) td:nth-of-type(2) a");
  const said = await panel();
  const told = run2("compare", "@ice-lake-sp", "@cascade-lake-sp");
  check("a click shows the pair", said.startsWith("A \u2192 B"), said.slice(0, 80));
  check("in the sentences of a comparison", /B lacks \d+ features that a VM from A may be using/.test(said), said);
  check("with names and what they mean", said.includes("avx512ifma") && said.includes("7.0.ebx[21]") && said.includes("52-bit integer multiply-add"), said);
  const number = told.match(/lacks (\d+) features? that/)[1];
  check("as many as a comparison finds", said.includes(`B lacks ${number} features`), number);
  check("and a remedy", said.includes("With a lower CPU model it moves"), said);

  // What the page says to those without a script is the same.
  const same = await browser.value(`(() => { const cell = document.querySelector("#matrix tbody tr:nth-child(1) td:nth-of-type(2) a");
    const section = document.querySelector(cell.getAttribute("href"));
    const words = (e) => e.textContent.replace(/\\s+/g, " ");
    const mine = [...document.querySelectorAll("#panel p:not(.pair)")].map(words);
    const theirs = [...section.querySelectorAll("p:not(.names)")].map(words);
    return String(mine) === String(theirs) ? "" : mine + " AGAINST " + theirs; })()`);
  check("the same as without a script", same === "", same);

  await browser.key("ArrowRight");
  check("right", (await panel()).startsWith("A \u2192 C"), await panel());
  await browser.key("ArrowDown");
  await browser.key("End");
  check("down and to the end", (await panel()).startsWith("B \u2192 F"), await panel());
  check("the focus is there", await browser.value('document.activeElement.closest("td").getAttribute("aria-current") === "true"'));
  check("and is called by what it says", /^B to F: /.test(await browser.value("document.activeElement.ariaLabel")));
  check("one cell is in the order of tabs", (await browser.value('document.querySelectorAll("#matrix td a[tabindex=\'0\']").length')) === 1);

  await choose("policy", await browser.value('[...document.querySelectorAll("#policy option")].find((o) => o.text === "hyperv-2022").value'));
  check("another policy's letters", String(await letters()) === String(lines("hyperv-2022")), await letters());
  check("and its line", (await browser.value('document.getElementById("policy-line").innerText')).includes("Windows Server 2022"));
  check("and its name of the mode", (await browser.value('document.getElementById("mode").innerText')).includes("processor compatibility mode"));
  await browser.click("#matrix tbody tr:nth-child(1) td:nth-of-type(2) a");
  check("and its reasons", (await panel()).includes("processor compatibility mode"), await panel());
  check("one policy's baseline is shown", (await browser.value('[...document.querySelectorAll("[data-policy]")].filter((e) => e.checkVisibility()).length')) === 1);
  await choose("order", "hosts");
  check("most hosts first", (await shownRows()) === "ABCDEF", await shownRows());
  await choose("order", "cpu");
  const byCpu = document16("kvm").classes.map((one, i) => [one.cpu, "ABCDEF"[i]]).sort((a, b) => a[0].localeCompare(b[0], "en", { numeric: true })).map(([, letter]) => letter).join("");
  check("by processor", (await shownRows()) === byCpu && byCpu !== "ABCDEF", await shownRows(), byCpu);
  check("columns follow", (await browser.value('[...document.querySelectorAll("#matrix thead th")].map((c) => c.textContent).join("")')) === byCpu);

  for (const [word, rest] of [["web0", "A"], ["milan", "D"], ["avx512_fp16", "C"], ["genuineintel 6.85", "B"], ["nobody", ""], ["", "ABCDEF"]]) {
    await browser.value('document.getElementById("filter").select()');
    await browser.value('document.getElementById("filter").focus()');
    if (word) await browser.type(word);
    else await browser.value('(() => { const e = document.getElementById("filter"); e.value = ""; e.dispatchEvent(new Event("input")); })()');
    check(`filter ${word}`, [...(await shownRows())].sort().join("") === rest, await shownRows());
  }
  await quiet("what it can do");
}

/** The text of a comparison, whose exit code is its verdict. */
function run2(...words) {
  try {
    return run(...words);
  } catch (error) {
    return error.stdout;
  }
}

/** Reading takes no script. */
async function reads() {
  await browser.scripts(false);
  await browser.look(1280, 900, "light");
  await browser.go(url("16"));
  check("no tools without a script", !(await browser.value('document.getElementById("tools").checkVisibility()')));
  await browser.click("#matrix tbody tr:nth-child(1) td:nth-of-type(2) a");
  const said = await browser.value('[...document.querySelectorAll(".why")].filter((e) => e.checkVisibility()).map((e) => e.innerText).join("|")');
  check("a link shows its reasons, and no others", said.startsWith("A \u2192 B") && !said.includes("|") && /B lacks \d+ features that a VM from A/.test(said), said);
  const body = await browser.value("document.body.innerText");
  for (const word of ["web01-web06", "Ice Lake-SP", "Without D it gains", "line 17: not a fingerprint"]) check(`reads ${word}`, body.includes(word));
  check("no label is missing", (await browser.value('[...document.querySelectorAll("input, select")].every((e) => e.labels.length)')));
  check("headings in order", await browser.value('(() => { let last = 0; return [...document.querySelectorAll("h1,h2,h3,h4")].every((h) => { const level = +h.tagName[1]; const good = level <= last + 1; last = level; return good; }); })()'));
  check("tables have captions or headings", await browser.value('[...document.querySelectorAll("table")].every((t) => t.caption || t.closest("section").querySelector("h2"))'));
  await browser.shoot(`${out}/16-plain.png`);
  await browser.scripts(true);
  await quiet("reading");
}

/** The agent's requirement table: every row, in the words of `cpucompat ready`, and its evidence without a script. */
async function requirements() {
  await browser.scripts(false);
  await browser.look(1280, 900, "light");
  await browser.go(agent);
  const table = JSON.parse(await (await fetch(`${agent}v1/ready`)).text());
  const shown = await browser.value('[...document.querySelectorAll("table.ready tbody tr")].map((r) => [r.id, ...[...r.cells].slice(1, 3).map((c) => c.innerText)])');
  const words = (row, column) => (row.asked[column] ? row[column].replace("-", " ") : "not asked");
  const wanted = table.rows.map((row) => [`row-${row.row}`, words(row, "minimum"), words(row, "realistic")]);
  check("every row of the table", wanted.length === 11 && String(shown) === String(wanted), shown, wanted);
  const row = (name) => browser.value(`document.getElementById("row-${name}").innerText`);
  check("what was found", (await row("network_ports")).includes("ports with carrier: 4, ports: 4"), await row("network_ports"));
  check("what to do", /not met in production: 4 of 6: add network ports/.test(await row("network_ports")), await row("network_ports"));
  check("nothing to do where it is met", !/met in production|cannot see/.test(await row("storage_ports")), await row("storage_ports"));
  check("evidence is folded", !(await row("network_ports")).includes("0000:3b:00"));
  await browser.click("#row-network_ports summary");
  const opened = await row("network_ports");
  check("evidence opens", opened.includes("eno2 port_kind physical /sys/class/net/eno2") || /eno2 \S+ physical/.test(opened), opened);
  check("a name that is none", opened.includes("<img src=x onerror=alert(2)>"), opened.slice(0, 400));
  await browser.shoot(`${out}/agent-evidence.png`);
  await browser.scripts(true);
  await quiet("requirements");
}

/** Whatever hosts are called, nothing of it is run or becomes part of the page. */
async function resists(what, address, names) {
  await browser.go(address);
  const scripts = await browser.value("[...document.scripts].map((s) => s.type + s.id)");
  check(`${what}: two scripts`, String(scripts) === "application/jsondata,", scripts);
  check(`${what}: no other elements`, (await browser.value('document.querySelectorAll("img, iframe, object, body style, main b b").length')) === 0);
  const body = await browser.value("document.body.textContent");
  for (const name of names) check(`${what}: shows ${JSON.stringify(name)}`, body.includes(name));
  check(`${what}: the script has run`, await browser.value('!document.getElementById("tools").hidden'));
  check(`${what}: no dialog`, await browser.ask("GET", "/alert/text").then(() => false, (error) => /no such alert/.test(error.message)));
  await quiet(what);
}

try {
  for (const name of ["2", "16", "64"]) await looks(name, url(name));
  await looks("agent", agent);
  await works();
  await reads();
  await requirements();
  await resists("evil names", url("evil"), evil.map((name) => name.replaceAll(" ", "/").replace(/[^ -~]/g, "???")));
  await resists("evil peers", agent, ["<script>alert(1)</script>"]);
  await browser.go(url("noisy"));
  const noise = await browser.log();
  check("the console would tell", noise.filter((line) => /Content Security Policy/.test(line.message)).length >= 1, noise);
} finally {
  await browser.close();
}
if (!failures) console.log(`looked at ${sixteen.length - 1} hosts and more; screenshots are in ${out}`);
process.exit(failures ? 1 : 0);
