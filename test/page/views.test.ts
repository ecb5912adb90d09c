import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { useBackend } from "../../src/backends/choose.js";
import { capture } from "../../src/inspection/capture.js";
import { effect } from "../../src/inspection/effect.js";
import { ablateHead } from "../../src/inspection/interventions.js";
import { arithmeticSheet } from "../../src/inspection/sheet.js";
import { type OpenModel, openModel } from "../../src/jobs/openModel.js";
import { figure } from "../../src/page/browser/figures/figure.js";
import { whatIfInterventions } from "../../src/page/browser/whatIf.js";
import { writePage } from "../../src/page/writePage.js";
import { chromiumPath, closeBrowser, inChromium, openPage, pageFolder, tinyRun } from "./support.js";

const text = "Leo found a bat and the bat hung in the attic because she was";
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

describe.runIf(chromiumPath)(`the views of a page ${inChromium}`, () => {
  const file = join(pageFolder(), "views.html");
  let here: OpenModel;
  let ids: Int32Array;
  let page: Page;
  let complaints: string[];
  beforeAll(async () => {
    const first = await tinyRun({ model: { contextLength: 512 }, training: { steps: 8, snapshots: 3 } });
    const second = await tinyRun({ model: { contextLength: 512, numHeads: 1 }, training: { steps: 4, snapshots: 2 } });
    const options = { checkpoint: first, compare: second, texts: [text, "The river bank was green"] };
    await writePage({ ...options, out: file, precision: "float32", heads: false });
    await useBackend("auto");
    here = openModel(first);
    ids = here.tokenizer.encodePrompt(text).ids;
    ({ page, complaints } = await openPage(file, { stays: true }));
  });
  beforeEach(async () => {
    await type(text);
    await page.locator(".text-bar .token").last().click();
  });
  afterAll(async () => {
    here?.dispose();
    await closeBrowser();
  });

  const eventually = <T>(read: () => Promise<T>) => expect.poll(read, { timeout: 20_000 }); // drawn in a later frame
  const tokens = () => page.locator(".text-bar .token .piece").allTextContents();
  const firstHead = () =>
    page.locator("#attention .head-grid canvas >> nth=0").evaluate((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      return { size: [width, height], pixels: (canvas as HTMLCanvasElement).toDataURL() };
    });
  const type = async (typed: string) => {
    await page.locator("#text").fill(typed);
    await eventually(() => page.locator("#text-state").textContent()).toContain(`${typed.split(" ").length} of 512`);
    await eventually(async () => (await firstHead()).size[0]).toBe(typed.split(" ").length); // out of sight it waits a moment
  };
  const columnOf = async (name: string): Promise<string[]> => {
    const table = page.locator(".key-table table");
    const names = await table.locator("thead th").allTextContents();
    const rows = await table.locator("tbody tr").all();
    return Promise.all(rows.map(async (row) => (await row.locator("th, td").allTextContents())[names.indexOf(name)]!));
  };

  it("keeps what is typed while the page is still busy with what was typed before", async () => {
    const kept = await page.evaluate(async () => {
      const area = document.querySelector<HTMLTextAreaElement>("#text")!;
      area.value = "";
      for (const letter of "The river bank was green") {
        area.value += letter;
        area.dispatchEvent(new Event("input", { bubbles: true }));
        await new Promise(requestAnimationFrame);
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
      return area.value;
    });
    expect(kept).toBe("The river bank was green");
    await eventually(() => page.locator("#text-state").textContent()).toContain("5 of 512");
  });

  it("shows the tokens and the attention of what is typed, and moves from token to token by key", async () => {
    await eventually(() => tokens()).toEqual(text.split(" "));
    const before = await firstHead();
    await type("The bat found a ball");
    await eventually(() => tokens()).toEqual(["The", "bat", "found", "a", "ball"]);
    expect((await firstHead()).pixels).not.toBe(before.pixels);
    const chosen = page.locator(".text-bar .token[aria-selected=true]");
    await chosen.focus();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    await eventually(() => chosen.locator(".piece").textContent()).toBe("found");
    expect(await chosen.evaluate((token) => token === document.activeElement)).toBe(true);
    await page.keyboard.press("Home");
    await eventually(() => chosen.locator(".piece").textContent()).toBe("The");
    await eventually(() => page.locator("#attention h3 q").first().textContent()).toBe("The");
    expect(complaints).toEqual([]);
  });

  it("says which word it does not know and where, and leaves it out if asked", async () => {
    await page.locator("#text").fill("The bat zigzags home");
    const refusal = page.locator(".text-bar .refusal");
    await refusal.waitFor();
    await eventually(() => refusal.textContent()).toContain("This model does not know “zigzags” (character 9).");
    await eventually(() => tokens()).toEqual(text.split(" "));
    await refusal.locator("button").click();
    await eventually(() => page.locator("#text").inputValue()).toBe("The bat home");
  });

  it("has a table behind the matrix, with the weights that Node computes", async () => {
    await page.locator("#attention .head-grid [role=radio]").nth(5).click(); // layer 1, head 1
    await page.locator("#attention .as-table summary").first().click();
    const cells = page.locator("#attention .as-table").first().locator("tbody tr").last().locator("td");
    const { values, shape } = capture(here.model, [ids]).at("blocks.1.attention", "weights");
    const row = values.subarray(values.length - shape[3]!);
    await eventually(() => cells.allTextContents()).toEqual([...row].map(figure));
  });

  it("goes through the sheet by key, with the numbers of arithmeticSheet, and shows what a change does", async () => {
    const token = ids.length - 1;
    const sheet = arithmeticSheet(here.model, capture(here.model, [ids]), { layer: 0, head: 0, token });
    for (const select of await page.locator("#arithmetic .head-picker select").all()) await select.selectOption("0");
    await page.locator("#step-vector").focus();
    for (let i = 0; i < 6; i++) await page.keyboard.press("ArrowRight");
    await eventually(() => page.locator("#step-panel h3").textContent()).toBe("Softmax");
    await eventually(() => columnOf("q · k")).toEqual(sheet.keys.map(({ product }) => figure(product)));
    await eventually(() => columnOf("weight")).toEqual(sheet.keys.map(({ weight }) => figure(weight)));

    await page.locator("#query-change").fill("8");
    await page.locator("#softmax-temperature").fill("-2");
    const change = { layer: 0, head: 0, token, component: 0, added: 8, temperature: 0.25 };
    const changed = capture(here.model, [ids], { interventions: whatIfInterventions(change) });
    const after = arithmeticSheet(here.model, changed, { layer: 0, head: 0, token });
    await eventually(() => columnOf("weight")).toEqual(after.keys.map(({ weight }) => figure(weight)));
    await eventually(() => columnOf("weight")).not.toEqual(sheet.keys.map(({ weight }) => figure(weight)));
    await page.getByText("As the model does it").click();
  });

  it("shows the loss without a head that is switched off, as Node computes it", async () => {
    await page.getByRole("checkbox", { name: "Layer 0, head 1" }).first().uncheck();
    const { before, after } = effect(here.model, [ids], [ablateHead(0, 1)]);
    await eventually(() => page.locator("#heads .loss-before").textContent()).toBe(figure(before.loss));
    await eventually(() => page.locator("#heads .loss-after").textContent()).toBe(figure(after.loss));
    await eventually(() => page.locator("#heads .effect h3").textContent()).toBe("Without L0 H1");
    await page.locator("#heads").getByText("All heads on").click();
  });

  it("draws only what top-k leaves, and writes on", async () => {
    const topK = page.locator("#next .controls").getByLabel("top-k");
    await topK.fill("2");
    await eventually(() => page.locator("#next .next-table tbody tr:not(.masked)").count()).toBe(2);
    await topK.fill("1");
    const likeliest = await page.locator("#next .next-table tbody th").first().textContent();
    await page.locator("#next").getByText("Write one token").click();
    await eventually(() => page.locator("#text").inputValue()).toMatch(
      new RegExp(`^${text}\\s?${likeliest!.replace(".", "\\.")}$`),
    );
    await eventually(() => tokens()).toHaveLength(ids.length + 1);
  });

  it("compares a word in two texts, a model with its own beginnings, and two models", async () => {
    await page.locator(".text-bar .token", { hasText: "bat" }).first().click();
    await page.locator("#second-text").fill("The river bank and a bat");
    const distances = page.locator("#two-sentences .walk-table td:nth-child(2)");
    await eventually(() => distances.first().textContent()).toBe("0.000");
    expect(Number(await distances.last().textContent())).toBeGreaterThan(0);

    const loss = page.locator("#training .snapshot-loss");
    const last = await loss.textContent();
    await page.locator("#training .slider input").fill("0");
    expect(Number(await loss.textContent())).toBeGreaterThan(Number(last));
    expect(await page.evaluate(() => window.heed.models[0]!.snapshot)).toBe(undefined);

    const [first, second] = await page.locator("#two-models .versus").first().locator(".head-grid").all();
    expect(await first!.locator("[role=radio]").count()).toBe(2 * (2 + 2));
    expect(await second!.locator("[role=radio]").count()).toBe(2 * (1 + 2));
    expect(await page.locator("#two-models .snapshot-loss").count()).toBe(2);
    expect(complaints).toEqual([]);
  });

  it("shows 512 tokens", async () => {
    await type(Array.from({ length: 512 }, (_, i) => (i % 2 === 0 ? "The" : "bat")).join(" "));
    await eventually(() => tokens()).toHaveLength(512);
    expect((await firstHead()).size).toEqual([512, 512]);
    expect(complaints).toEqual([]);
  });

  it.each([
    ["a desk", "light", 1280],
    ["a phone", "dark", 360],
  ] as const)("fits %s, %s, and axe finds no serious fault", async (_, colorScheme, width) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    await page.locator("#step-sum").click();
    await page.getByRole("checkbox", { name: "Layer 0, head 1" }).first().uncheck();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(background).toBe(colorScheme === "light" ? "rgb(252, 251, 248)" : "rgb(19, 21, 25)");
    await page.evaluate(axe);
    const faults = await page.evaluate(async () => {
      const { violations } = await (window as unknown as { axe: typeof import("axe-core") }).axe.run();
      return violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .flatMap(({ id, nodes }) =>
          nodes.slice(0, 4).map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
        );
    });
    expect(faults).toEqual([]);
  });
});
