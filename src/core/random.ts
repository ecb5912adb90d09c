import { requireInteger } from "./checks.js";
import { inverseNormal } from "./inverseNormal.js";

const twoTo21 = 2 ** 21;
const twoTo32 = 2 ** 32;
const twoTo53 = 2 ** 53;

/**
 * Threefry-2x32 with 20 rounds: writes the two 32-bit words of block `(counter0, counter1)` under the key
 * `(key0, key1)` to `out`. It uses only integers, so the words are the same on every platform.
 *
 * @see Salmon et al. 2011, "Parallel Random Numbers: As Easy as 1, 2, 3", https://doi.org/10.1145/2063384.2063405
 */
export function threefry2x32(
  [key0, key1]: readonly [number, number],
  [counter0, counter1]: readonly [number, number],
  out: Uint32Array,
): void {
  const key2 = key0 ^ key1 ^ 0x1bd11bda;
  let x0 = (counter0 + key0) | 0;
  let x1 = (counter1 + key1) | 0;
  // The key schedule is key1, key2, key0, key1, key2 for the first word, and one place ahead for the second.
  let now = key1;
  let next = key2;
  let last = key0;
  // Written out, because rotations from a table take five times as long.
  for (let group = 1; group <= 5; group++) {
    if ((group & 1) === 1) {
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    } else {
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
    }
    x0 = (x0 + now) | 0;
    x1 = (x1 + next + group) | 0;
    const used = now;
    now = next;
    next = last;
    last = used;
  }
  out[0] = x0;
  out[1] = x1;
}

/**
 * Seeded random numbers. They are a pure function of (seed, stream, step), so a run that resumes at `step` needs no
 * saved state. Streams with different names are independent, such as `new Random(1337, "weights")` and
 * `new Random(1337, "batches", step)`.
 *
 * @throws ConfigError if `seed` or `step` is not a whole number from 0 to 2^32 - 1.
 */
export class Random {
  private readonly key: readonly [number, number];
  private readonly step: number;
  private readonly block = new Uint32Array(2);
  private drawn = 0;

  constructor(seed: number, stream: string, step = 0) {
    this.key = [requireInteger("seed", seed, 0, twoTo32 - 1), hash32(stream)];
    this.step = requireInteger("step", step, 0, twoTo32 - 1);
  }

  /** The next 32-bit integer; a stream has 2^33 of them per step. */
  nextUint32(): number {
    const word = this.drawn & 1;
    if (word === 0) threefry2x32(this.key, [this.step, this.drawn / 2], this.block);
    this.drawn++;
    return this.block[word]!;
  }

  /** A number in [0, 1), a multiple of 2^-53. */
  uniform01(): number {
    return this.next53() / twoTo53;
  }

  /** An integer from 0 to `below - 1`, all exactly equally likely: a draw that would favour low numbers is repeated. */
  nextInteger(below: number): number {
    const fair = twoTo53 - (twoTo53 % requireInteger("below", below));
    let x = this.next53();
    while (x >= fair) x = this.next53();
    return x % below;
  }

  /** A number from the standard normal distribution: {@link inverseNormal} of a uniform 32-bit integer. */
  nextNormal(): number {
    return inverseNormal(this.nextUint32());
  }

  private next53(): number {
    const high = this.nextUint32();
    return (high % twoTo21) * twoTo32 + this.nextUint32();
  }
}

/** The 32-bit FNV-1a hash of a stream's name, over its UTF-16 code units. */
function hash32(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
