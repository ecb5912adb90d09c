import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Report, writeReport } from "../../../src/lab/compare/report.js";
import { type FakeRun, fakeRun, texts } from "./fakeRun.js";
import { runFolders } from "./support.js";
import { type Element, parseXml } from "./xml.js";

const { remove, folder } = runFolders();
afterAll(remove);

let count = 0;

async function reportOf(...asked: FakeRun[]): Promise<Report & { page: Element; text: string; folders: string[] }> {
  const name = join(folder, `report-${++count}`);
  const folders = asked.map((each, i) => fakeRun(`${name}-run-${i}`, each));
  const report = await writeReport(folders, name);
  const text = readFileSync(report.html, "utf8");
  return { ...report, text, page: parseXml(text), folders };
}

const shapes = [1, 2, 4].flatMap((numHeads) => [16, 32].map((hiddenDim) => ({ numHeads, hiddenDim })));
const runs: FakeRun[] = shapes.flatMap((model, shape) =>
  [1, 2, 3].map((seed) => ({
    model,
    training: { seed, steps: 120 },
    losses: [4, 3, 2.5 - shape / 10, 2 - shape / 10 + seed / 50],
  })),
);

let report: Awaited<ReturnType<typeof reportOf>>;
beforeAll(async () => {
  report = await reportOf(...runs, {
    model: shapes[0],
    training: { seed: 4, steps: 120 },
    losses: [4, 3, 3, 3],
    stoppedAt: 60,
  });
});

const svgs = (page: Element) => page.all("svg").filter(({ attributes }) => attributes.role === "img");
const chart = (page: Element, id: string) =>
  svgs(page).find((svg) => svg.all("title")[0]?.attributes.id === `${id}-t`)!;

/** How many marks of a kind a chart has, layer by layer. */
function marks(svg: Element, kind: string, tag: string): number[] {
  const groups = svg.all("g").filter(({ attributes }) => attributes.class?.includes(`mark-${kind} role-mark`));
  return groups.map((group) => group.all(tag).length);
}

it("is one page of well-formed elements that needs nothing from elsewhere", () => {
  const { page, text } = report;
  const names = new Set(page.all("*").map(({ name }) => name));
  for (const name of ["script", "link", "iframe", "img", "object", "embed", "use", "image"])
    expect(names).not.toContain(name);
  expect([...text.matchAll(/(https?:)?\/\/[a-z][^\s"'<]*/g)].map(([url]) => url)).toEqual(
    svgs(page).map(() => "http://www.w3.org/2000/svg"), // a name, which nothing fetches
  );
  expect(text).not.toMatch(/@import|url\((?!#)/);
  const links = page.all("a").map(({ attributes }) => attributes.href!);
  const ids = page.all("*").flatMap(({ attributes }) => attributes.id ?? []);
  expect(links.length).toBeGreaterThan(4);
  for (const link of links) expect(ids).toContain(link.slice(1));
  expect(new Set(ids).size).toBe(ids.length);
});

it("has every run with its seed and command", () => {
  const commands = report.page.all("code").map(({ text }) => text);
  expect(commands).toHaveLength(runs.length + 1);
  for (const run of report.folders)
    expect(commands.filter((each) => each.includes(`--out ${run}-again`))).toHaveLength(1);
  expect(report.figures.runs.map((run) => run.folder).sort()).toEqual([...report.folders].sort());
});

it("describes every chart in words, and has its figures as a table", () => {
  const figures = report.page.all("figure");
  // Final loss and changes for dim and for heads, six curves, parameters, speed.
  expect(figures).toHaveLength(4 + 6 + 2);
  for (const figure of figures) {
    const [svg] = svgs(figure);
    const [title, desc] = [svg!.all("title")[0]!, svg!.all("desc")[0]!];
    expect(svg!.attributes["aria-labelledby"]).toBe(`${title.attributes.id} ${desc.attributes.id}`);
    expect(title.text.length).toBeGreaterThan(5);
    expect(desc.text.length).toBeGreaterThan(20);
    expect(figure.all("tr").length).toBeGreaterThan(1);
  }
});

it("draws a mark for what there is: lines, means, seeds, intervals", () => {
  const { page } = report;
  const curves = chart(page, "validation-tokens");
  expect(marks(curves, "line", "path")).toHaveLength(6 + 1); // a mean of each group, and the unfinished run
  expect(marks(curves, "symbol", "path")).toEqual([6 * 4 + 2]); // few enough points to mark each
  const heads = chart(page, "setting-heads");
  expect(marks(heads, "symbol", "path")).toEqual([6, 18]); // means, seeds
  expect(marks(heads, "rule", "line")).toEqual([6]); // standard deviations
  expect(marks(heads, "line", "path")).toHaveLength(2); // a width each
  const changes = chart(page, "setting-heads-changes");
  expect(marks(changes, "rule", "line")).toEqual([1, 3]); // 0, and three pairs of values
  expect(marks(changes, "symbol", "path").reduce((a, b) => a + b)).toBe(3);
  expect(marks(chart(page, "parameters"), "symbol", "path")).toEqual([6, 18]);
  expect(marks(chart(page, "speed"), "rect", "path")).toEqual([6]);
  expect(marks(chart(page, "speed"), "symbol", "path")).toEqual([18]);
});

it("shows of a setting only the groups that can be compared in it", async () => {
  const star = [{ numHeads: 1 }, { numHeads: 2 }, { hiddenDim: 32 }, { hiddenDim: 64 }, {}];
  const { page } = await reportOf(...star.map((model) => ({ model: { numHeads: 4, ...model } })));
  expect(marks(chart(page, "setting-heads"), "symbol", "path")).toEqual([3, 3]);
  expect(marks(chart(page, "setting-dim"), "symbol", "path")).toEqual([3, 3]);
  const legends = page.all("ul").filter(({ attributes }) => attributes.class === "legend");
  expect(legends.slice(0, 2).map(({ text }) => text)).toEqual(["heads 4", "dim 16"]);
  const apart = await reportOf(
    { model: { numHeads: 1 } },
    { model: { hiddenDim: 32 } },
    { model: { hiddenDim: 64, numHeads: 2 } },
  );
  expect(marks(chart(apart.page, "setting-dim"), "symbol", "path")).toEqual([3, 3]);
});

it("colours groups by CSS variables alone, so that screens and paper choose", () => {
  for (const svg of svgs(report.page)) {
    const colors = svg.all("*").flatMap(({ attributes: { fill, stroke } }) => [fill, stroke]);
    for (const color of colors) expect(color ?? "none").toMatch(/^(none|var\(--[a-z]+\d?\)|transparent)$/);
  }
});

it("gives each of few groups a colour, dash and shape of its own, and many those of two settings", async () => {
  const looks = (page: Element) =>
    page
      .all("ul")
      .filter(({ attributes }) => attributes.class === "legend")
      .map((legend) =>
        legend.all("li").map((item) => [item.text, item.all("path").map(({ attributes: a }) => a.stroke ?? a.fill)[0]]),
      );
  const few = looks(report.page).at(-1)!;
  expect(few.map(([text]) => text)).toEqual(
    shapes.map(({ numHeads, hiddenDim }) => `dim ${hiddenDim}, heads ${numHeads}`).sort(),
  );
  expect(few.map(([, color]) => color)).toEqual([1, 2, 3, 4, 5, 6].map((i) => `var(--c${i})`));
  const many = [1, 2, 4, 8].flatMap((numHeads) =>
    [8, 16, 32].map((hiddenDim) => ({ model: { numHeads, hiddenDim }, losses: [3, 2 - hiddenDim / 50] })),
  );
  const { page } = await reportOf(...many);
  expect(looks(page).at(-1)).toEqual([
    ["dim 8", "var(--o1)"],
    ["dim 16", "var(--o4)"],
    ["dim 32", "var(--o7)"],
    ...[1, 2, 4, 8].map((heads) => [`heads ${heads}`, "var(--ink)"]),
  ]);
});

it("shows what a run says as text, in tables as in charts", async () => {
  const named = (path: string, sha: string) => ({
    tokenizer: "{}",
    record: { files: [{ ...texts[0]!, path, sha256: sha.repeat(64) }, texts[1]!] },
  });
  const { page, text } = await reportOf(named(`<b>"'&\\.txt`, "c"), named("$`{.txt", "d"));
  expect(text).not.toContain("<b>");
  const name = `<b>"'&\\.txt (cccccccc)`;
  expect(
    page
      .all("tbody")[0]!
      .all("th")
      .map((each) => each.text),
  ).toEqual(["$`{.txt (dddddddd)", name].sort());
  const labels = chart(page, "setting-data")
    .all("tspan")
    .map((each) => each.text);
  expect(labels).toEqual(["$`{.txt", "(dddddddd)", `<b>"'&\\.txt`, "(cccccccc)"]);
});

it("makes do with one run, with one seed, and with no run that is finished", async () => {
  const one = await reportOf({});
  expect(one.page.all("h1")[0]!.text).toBe("A run");
  expect(one.page.all("figure")).toHaveLength(6 + 1);
  const seeds = await reportOf({ model: { numHeads: 1 } }, { model: { numHeads: 2 } });
  expect(seeds.page.all("section")[0]!.text).toContain("nothing can be said about which differences are real");
  expect(seeds.page.all("figure")).toHaveLength(1 + 6 + 1);
  const begun = await reportOf({ stoppedAt: 34 }, { training: { seed: 2 }, stoppedAt: 70 });
  expect(begun.page.all("section")[0]!.text).toContain("No run is finished yet");
  expect(begun.page.all("figure")).toHaveLength(6);
  expect(begun.figures.groups[0]).toMatchObject({ seeds: [], best: false });
});

it("gives the same bytes for the same runs, and pictures that stand by themselves", async () => {
  const again = join(folder, "again");
  const { html, markdown } = await writeReport(report.folders, again, { pictures: true });
  expect(readFileSync(html, "utf8") === report.text, "the same page").toBe(true);
  const text = readFileSync(markdown, "utf8");
  const names = [...text.matchAll(/!\[.*\]\((.*)\)/g)].map(([, name]) => name!);
  expect(names).toHaveLength(12);
  const unsigned = (each: string) => each.replace(/\n## Pictures\n(\n!.*\n)+/, "").replace(/<!--.*-->\n$/, "");
  expect(unsigned(text)).toBe(unsigned(readFileSync(report.markdown, "utf8")));
  for (const name of names) {
    const svg = readFileSync(join(again, name), "utf8");
    const [, width, height] = /viewBox="0 0 (\S+) (\S+)"/.exec(svg)!.map(Number);
    expect(parseXml(svg).all("svg")[0]!.attributes).toMatchObject({ width: `${width}`, height: `${height}` });
    expect(svg).toContain("--paper: #ffffff");
  }
});

it("replaces what heed wrote, and nothing that someone changed, unless it is told to", async () => {
  const out = join(folder, "mine");
  const [run] = report.folders;
  const { markdown, html } = await writeReport([run!], out);
  const before = readFileSync(markdown, "utf8");
  await writeReport([run!], out);
  writeFileSync(markdown, before.replace("# A run", "# My run"));
  const refusal = `${markdown} must be as heed wrote it to be replaced: it was changed or made by someone else (choose another --out, or add --overwrite to replace it)`;
  await expect(writeReport([run!], out)).rejects.toThrow(refusal);
  await writeReport([run!], out, { overwrite: true });
  expect(readFileSync(markdown, "utf8")).toBe(before);
  writeFileSync(html, "<p>mine</p>");
  await expect(writeReport([run!], out)).rejects.toThrow(refusal.replace(markdown, html));
  await expect(writeReport([run!], html)).rejects.toThrow(
    `out must be a folder: got ${html}, a file (choose another name)`,
  );
  mkdirSync(join(folder, "empty"));
  await writeReport([run!], join(folder, "empty"));
});
