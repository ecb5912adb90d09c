import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { ProtobufWriter } from "../../../src/core/protobuf.js";
import { EventFile, isEventFile } from "../../../src/runs/tensorboard/eventFile.js";
import { markdown, scalar, sessionEnd, sessionStart } from "../../../src/runs/tensorboard/summaries.js";
import { eventFiles, readEvents } from "../../support/events.js";
import { fixture, temporaryFolder } from "../checkpoint/support.js";

const made = fixture("tensorboard/events.tfevents");
const summary = (...values: ProtobufWriter[]) => {
  const writer = new ProtobufWriter();
  for (const value of values) writer.bytes(1, value);
  return writer;
};

describe("an event file", () => {
  it("equals TensorBoard's own file of the same events, byte for byte", () => {
    const file = new EventFile(temporaryFolder(), { wallTime: 1700000000.5 });
    file.append("sessionLog", new ProtobufWriter().varint(1, 1), { step: 301, wallTime: 1700000001 });
    const settings = { bias: false, learningRate: 0.001, tokenizer: "models/é.json" };
    file.append("summary", summary(sessionStart(settings, 1700000000.25)), { wallTime: 1700000002 });
    const points = [scalar("loss/train", 2.3456789, "Nats a token"), scalar("loss/validation", -0)];
    file.append("summary", summary(...points), { step: 310, wallTime: 1700000003.125 });
    const text = `    Über die Brücke\n    ${"long ".repeat(100)}`;
    file.append("summary", summary(markdown("sample", text)), { step: 2 ** 40, wallTime: 1700000004 });
    file.append("summary", summary(sessionEnd(1700000004.75)), { wallTime: 1700000005 });
    expect(readFileSync(file.path)).toEqual(readFileSync(made));
  });

  it("sorts after all others in its folder, even in the same second or if an older file has a later time", () => {
    const folder = temporaryFolder();
    const wallTime = 1700000000;
    const name = (time: number) => `events.out.tfevents.${time}.${hostname()}.${process.pid}`;
    const make = () => basename(new EventFile(folder, { wallTime }).path);
    expect([make(), make()]).toEqual([name(1700000000), name(1700000001)]);
    writeFileSync(join(folder, "events.out.tfevents.1800000000.elsewhere.1"), "");
    expect(make()).toBe(name(1800000001));
    expect(readdirSync(folder).filter(isEventFile)).toHaveLength(4);
  });
});

it("the tests' reader reads the events that TensorBoard wrote", () => {
  const events = readEvents(made);
  expect(events.map(({ wallTime, step }) => [wallTime, step])).toEqual([
    [1700000000.5, 0],
    [1700000001, 301],
    [1700000002, 0],
    [1700000003.125, 310],
    [1700000004, 2 ** 40],
    [1700000005, 0],
  ]);
  expect(events[0]!.fileVersion).toBe("brain.Event:2");
  expect(events[1]!.session).toBe(1);
  expect(events[3]!.values).toEqual([
    { tag: "loss/train", number: Math.fround(2.3456789), plugin: "scalars", description: "Nats a token" },
    { tag: "loss/validation", number: -0 },
  ]);
  expect(events[4]!.values).toMatchObject([
    { tag: "sample", text: expect.stringMatching(/^ {4}Über/), plugin: "text" },
  ]);
  expect(eventFiles(fixture("tensorboard"))).toEqual([made]);
});
