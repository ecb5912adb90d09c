import { type Entry, except, fixed, given, type Pool } from "../grammar.js";
import { person } from "./entries.js";

const named = (names: string, gender: "girl" | "boy"): Entry[] => names.split(" ").map((name) => person(name, gender));

export const GIRLS = named("Mia Anna Lily Nora Ella Ruby Clara Alice Emma Zoe Ivy Maya Sara Lucy Hanna Greta", "girl");
export const BOYS = named("Tom Ben Leo Max Sam Noah Finn Oscar Hugo Jack Omar Theo Adam Paul Luca Nico", "boy");
export const CHILDREN: readonly Entry[] = [...GIRLS, ...BOYS];

/** Grown-ups, so that a child and an elder of the other gender can share a story. */
const WOMEN = [person("Grandma", "girl"), person("Aunt Rosa", "girl"), person("Mother", "girl")];
const MEN = [person("Grandpa", "boy"), person("Uncle Bert", "boy"), person("Father", "boy")];

/** People whom the children meet. */
const MET = ["farmer", "baker", "postman", "gardener", "miller", "sailor", "painter", "librarian"];
export const HELPER: Pool = fixed(MET.map((word) => person(`the ${word}`, "boy")));

export const ANY_CHILD: Pool = fixed(CHILDREN);

/** A child of the other gender, so that "he" and "she" are unambiguous. */
export function otherChild(name: string): Pool {
  return given(name, (e) => (e.gender === "girl" ? BOYS : GIRLS));
}

/** A grown-up of the other gender. */
export function otherElder(name: string): Pool {
  return given(name, (e) => (e.gender === "girl" ? MEN : WOMEN));
}

/** Another child of the same gender. "He" or "she" would be ambiguous, so such plots use names and "they". */
export function sameChild(name: string): Pool {
  const girls = except(name, GIRLS);
  const boys = except(name, BOYS);
  return given(name, (e) => (e.gender === "girl" ? girls : boys).entries(new Map([[name, e]])));
}
