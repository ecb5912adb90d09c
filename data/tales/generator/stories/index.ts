import { choice, type Node, type Story } from "../grammar.js";
import { bank } from "./bank.js";
import { bark } from "./bark.js";
import { bat } from "./bat.js";
import { boxes } from "./boxes.js";
import { crane } from "./crane.js";
import { gifts } from "./gifts.js";
import { lock } from "./lock.js";
import { lost } from "./lost.js";
import { market } from "./market.js";
import { picnic } from "./picnic.js";
import { ring } from "./ring.js";
import { seal } from "./seal.js";
import { spring } from "./spring.js";
import { stray } from "./stray.js";
import { stuck } from "./stuck.js";
import { trunk } from "./trunk.js";
import { wave } from "./wave.js";

/** Every plot with its weight. Plots with more variety have higher weights. */
export const STORIES: readonly Story[] = [
  { name: "bank", weight: 3, node: bank },
  { name: "bark", weight: 3, node: bark },
  { name: "bat", weight: 3, node: bat },
  { name: "boxes", weight: 3, node: boxes },
  { name: "crane", weight: 3, node: crane },
  { name: "gifts", weight: 3, node: gifts },
  { name: "lock", weight: 3, node: lock },
  { name: "lost", weight: 3, node: lost },
  { name: "market", weight: 4, node: market },
  { name: "picnic", weight: 4, node: picnic },
  { name: "ring", weight: 3, node: ring },
  { name: "seal", weight: 3, node: seal },
  { name: "spring", weight: 3, node: spring },
  { name: "stray", weight: 3, node: stray },
  { name: "stuck", weight: 3, node: stuck },
  { name: "trunk", weight: 3, node: trunk },
  { name: "wave", weight: 3, node: wave },
];

/** The root of the grammar, which derives one story. */
export const STORY: Node = choice(
  STORIES.map((s) => s.weight),
  STORIES.map((s) => s.node),
);
