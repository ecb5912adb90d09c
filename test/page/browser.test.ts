import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../../src/backends/choose.js";
import { capture } from "../../src/inspection/capture.js";
import { openModel } from "../../src/jobs/openModel.js";
import { writePage } from "../../src/page/writePage.js";
import { chromiumPath, closeBrowser, inChromium, openPage, pageFolder, tinyRun } from "./support.js";

const text = "Leo found a bat and the bat hung in the attic because she was";

describe.runIf(chromiumPath)(`a page ${inChromium}`, () => {
  let run: string;
  let file: string;
  beforeAll(async () => {
    run = await tinyRun();
    file = join(pageFolder(), "model.html");
    await writePage({ checkpoint: run, out: file, precision: "float32" });
  });
  afterAll(closeBrowser);

  it("opens from the disk, asks for nothing else, and complains of nothing", async () => {
    const { requests, complaints, page } = await openPage(file);
    expect(requests).toEqual([pathToFileURL(file).href]);
    expect(complaints).toEqual([]);
    expect(await page.evaluate(() => window.heed.backend)).toBe("wasm");
    expect(await page.title()).toBe("tiny · heed");
  });

  it.each([
    ["wasm", undefined],
    ["cpu", "delete window.WebAssembly"],
  ])("computes on %s what Node computes", async (backend, before) => {
    const { page, complaints } = await openPage(file, { before });
    const seen = await page.evaluate((typed) => {
      const { capture, logits, ids, tokens, losses } = window.heed.look(0, typed);
      const values = Object.fromEntries(
        capture.places.map((place) => {
          const at = place.lastIndexOf(".");
          return [place, [...capture.at(place.slice(0, at), place.slice(at + 1) as never).values]];
        }),
      );
      return { backend: window.heed.backend, values, logits: [...logits], ids: [...ids], tokens, losses: [...losses] };
    }, text);
    expect(seen.backend).toBe(backend);
    expect(complaints).toEqual([]);
    await useBackend("auto");
    const { model, tokenizer, dispose } = openModel(run);
    const { ids } = tokenizer.encodePrompt(text);
    const here = capture(model, [ids]);
    expect(seen.ids).toEqual([...ids]);
    expect(seen.tokens.map((token) => text.slice(token.start, token.end))).toEqual(text.match(/ ?\w+/g));
    expect(Object.keys(seen.values)).toEqual(here.places);
    for (const place of here.places) {
      const at = place.lastIndexOf(".");
      const { values } = here.at(place.slice(0, at), place.slice(at + 1) as never);
      const most = place.endsWith("weights") ? 1e-5 : 1e-4;
      const differences = seen.values[place]!.map((value, i) =>
        value === values[i] ? 0 : Math.abs(value - values[i]!),
      );
      expect(Math.max(...differences), place).toBeLessThan(most);
    }
    const { vocabSize } = model.config;
    expect(seen.logits).toEqual(seen.values["output.logits"]!.slice(-vocabSize));
    const first = seen.values["output.logits"]!.slice(0, vocabSize);
    const total = Math.log(first.reduce((sum, logit) => sum + Math.exp(logit), 0));
    expect(seen.losses[0]).toBeCloseTo(total - first[ids[1]!]!, 5);
    expect(seen.losses.length).toBe(ids.length - 1);
    dispose();
  });
});
