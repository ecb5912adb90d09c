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

  it("is kept by the browser itself from asking for anything", async () => {
    const { page } = await openPage(file);
    const outcome = await page.evaluate(async () => {
      const policy = new Promise<string>((resolve) => {
        document.addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective));
      });
      return [await fetch("https://example.org").catch((error: Error) => error.name), await policy];
    });
    expect(outcome).toEqual(["TypeError", "connect-src"]);
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

  it("runs with the weights of its snapshots, and with its own again", async () => {
    const kept = await tinyRun({ training: { snapshots: 4 } });
    const out = join(pageFolder(), "snapshots.html");
    await writePage({ checkpoint: kept, out, heads: false });
    const { page } = await openPage(out);
    const losses = await page.evaluate((typed) => {
      const { heed } = window;
      const loss = () => heed.look(0, typed).losses.reduce((sum, one) => sum + one, 0);
      const last = heed.models[0]!.snapshots.length - 1;
      return [undefined, 0, last, undefined].map((snapshot) => {
        heed.useSnapshot(0, snapshot);
        return { snapshot: heed.models[0]!.snapshot, loss: loss() };
      });
    }, text);
    const [own, first, last, again] = losses.map(({ loss }) => loss);
    expect(losses.map(({ snapshot }) => snapshot)).toEqual([undefined, 0, 3, undefined]);
    expect(first).toBeGreaterThan(own! + 0.1); // 8 steps have taught it something
    expect(last).toBe(own); // it is the best, and both are kept in 16 bits
    expect(again).toBe(own);
  });

  it("leaves a head out, compares two models, and leaks nothing", async () => {
    const other = await tinyRun({ out: join(pageFolder(), "other"), model: { numHeads: 4 } });
    const out = join(pageFolder(), "both.html");
    await writePage({ checkpoint: run, compare: other, out, heads: false });
    const { page, complaints } = await openPage(out);
    const seen = await page.evaluate((typed) => {
      const { heed } = window;
      const place = { layer: "blocks.0.attention", point: "headOutputs" } as const;
      const interventions = [{ ...place, change: (value: { mul(by: number): never }) => value.mul(0) }];
      const whole = heed.look(1, typed);
      const isShared = heed.look(1, typed, { at: () => false }) === whole;
      const before = heed.numTensors;
      const without = heed.look(1, typed, { interventions: interventions as never });
      return {
        isShared: [isShared, heed.look(1, typed) === whole, heed.look(0, typed) === whole],
        names: heed.models.map(({ name }) => name),
        leaked: heed.numTensors - before,
        without: [...without.capture.at(place.layer, place.point).values],
        shape: without.capture.at("blocks.1.attention", "weights").shape,
        moved: Math.max(...whole.logits.map((logit, i) => Math.abs(logit - without.logits[i]!))),
      };
    }, text);
    expect(seen.names).toEqual(["tiny", "other"]);
    expect(seen.isShared).toEqual([true, true, false]);
    expect(seen.leaked).toBe(0);
    expect(seen.without.every((value) => value === 0)).toBe(true);
    expect(seen.shape).toEqual([1, 4, 14, 14]);
    expect(seen.moved).toBeGreaterThan(1e-4);
    expect(complaints).toEqual([]);
  });

  it("looks at 512 tokens, and says in words what it can't read", async () => {
    const shape = { contextLength: 512, numLayers: 1 };
    const long = await tinyRun({ model: shape, valFraction: 0.45, training: { steps: 1 } });
    const out = join(pageFolder(), "long.html");
    await writePage({ checkpoint: long, out, heads: false });
    const { page, complaints } = await openPage(out);
    const look = (typed: string) =>
      page.evaluate((given) => {
        try {
          const { ids, capture } = window.heed.look(0, given);
          return [ids.length, capture.at("blocks.0.attention", "weights").shape];
        } catch (error) {
          return (error as Error).message;
        }
      }, typed);
    expect(await look("bat ".repeat(512))).toEqual([512, [1, 2, 512, 512]]);
    expect(await look("bat ".repeat(513))).toBe(
      "text must have from 1 to 512 tokens, as many as the model can see: got 513 (leave out 1)",
    );
    expect(await look("The bat sang")).toMatch(
      /^text, line 1, column 9: the word "sang" is not among the tokenizer's 30 /,
    );
    expect(complaints).toEqual([]);
  });
});
