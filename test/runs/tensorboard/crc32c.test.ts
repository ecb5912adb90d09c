import { expect, it } from "vitest";
import { crc32c } from "../../../src/runs/tensorboard/crc32c.js";

const counting = Uint8Array.from({ length: 32 }, (_, i) => i);
const readCommand = new Uint8Array(48);
readCommand.set([1, 0xc0], 0);
readCommand[16] = 0x14;
readCommand[22] = 4;
readCommand[27] = 0x14;
readCommand[31] = 0x18;
readCommand[32] = 0x28;
readCommand[40] = 2;

it.each([
  ["32 bytes of zeros", new Uint8Array(32), 0x8a9136aa],
  ["32 bytes of ones", new Uint8Array(32).fill(255), 0x62a8ab43],
  ["32 bytes that count up", counting, 0x46dd794e],
  ["32 bytes that count down", counting.toReversed(), 0x113fdb5c],
  ["a SCSI read command", readCommand, 0xd9963a56],
])("equals RFC 3720, appendix B.4: %s", (_, bytes, expected) => {
  expect(crc32c(bytes)).toBe(expected);
});

it("is 0 for no bytes", () => {
  expect(crc32c(new Uint8Array())).toBe(0);
});
