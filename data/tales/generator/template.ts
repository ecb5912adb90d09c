/**
 * The template language of the plots, in which a sentence still reads like a sentence:
 *
 * | written | means |
 * |---|---|
 * | `{toy}` | the word of the variable `toy` |
 * | `{toy.it}` `{^toy.it}` | a feature of it; `^` capitalizes the first letter |
 * | `{a toy}` `{A toy}` | the word with its article |
 * | `{hero!}` | the name of the person who speaks the quotation next to it |
 * | `{hero+friend.they}` `{^hero+friend.they}` | a pronoun for both (they, them, their) |
 * | `[red\|blue\|3*green]` | one of the texts; its weight is the number before `*`, or 1 |
 * | `(animal)` `(a animal)` | a word from a list of `words/lists.ts`, without or with its article |
 * | `~warm bread` | "warm" is an adjective of the next noun |
 * | `<cue:boat>` | the text that settles the meaning of an ambiguous word |
 */
import type { MarkNode, Node } from "./nodes.js";
import { LISTS, withArticle } from "./words/lists.js";

/** Parses a template. @throws Error that shows the template and the place, if it is malformed. */
export function template(source: string): Node {
  const reader = new Reader(source);
  const node = reader.sequence("");
  if (!reader.done) reader.fail("a closing bracket without an opening one");
  return node;
}

class Reader {
  private at = 0;

  constructor(private readonly source: string) {}

  get done(): boolean {
    return this.at >= this.source.length;
  }

  fail(why: string): never {
    throw new Error(`template, ${why}, at ${this.at}: ${this.source}`);
  }

  /** Parses parts up to, but not including, one of the characters in `stops`, or to the end. */
  sequence(stops: string): Node {
    const parts: Node[] = [];
    let text = "";
    const flush = (): void => {
      if (text) parts.push({ kind: "text", text });
      text = "";
    };
    while (!this.done) {
      const c = this.source[this.at]!;
      if (stops.includes(c)) break;
      if ("]}>|)".includes(c)) this.fail(`"${c}" without its opening bracket`);
      if (!"{[<~(".includes(c)) {
        text += c;
        this.at++;
        continue;
      }
      flush();
      this.at++;
      if (c === "{") parts.push(...this.reference());
      else if (c === "[") parts.push(this.options());
      else if (c === "(") parts.push(this.listed());
      else if (c === "<") parts.push(this.marked());
      else parts.push({ kind: "mark", mark: { is: "adjective" }, body: { kind: "text", text: this.word() } });
    }
    flush();
    return parts.length === 1 ? parts[0]! : { kind: "sequence", parts };
  }

  private until(close: string): string {
    const end = this.source.indexOf(close, this.at);
    if (end < 0) this.fail(`no "${close}"`);
    const inside = this.source.slice(this.at, end);
    this.at = end + 1;
    return inside;
  }

  private word(): string {
    const found = /^[A-Za-z]+/.exec(this.source.slice(this.at))?.[0];
    if (!found) this.fail('"~" needs a word');
    this.at += found.length;
    return found;
  }

  private reference(): Node[] {
    const inside = this.until("}");
    const m = /^(a |A )?(\^)?(\w+)(?:\+(\w+))?(?:\.(\w+))?(!)?$/.exec(inside);
    if (!m) this.fail(`a reference that can't be read: {${inside}}`);
    const [, article, capital = "", name = "", other, feature = "", speaker] = m;
    if (other) return [pair(capital !== "", [name, other], feature)];
    const ref: Node = { kind: "ref", name, feature: capital + feature, speaker: speaker !== undefined };
    if (!article) return [ref];
    const says = article === "A " ? "^article" : "article";
    return [{ kind: "ref", name, feature: says, speaker: false }, { kind: "text", text: " " }, ref];
  }

  private listed(): Node {
    const inside = this.until(")");
    const article = inside.startsWith("a ");
    const words = LISTS[article ? inside.slice(2) : inside];
    if (!words) this.fail(`no list is called (${inside})`);
    const options = words.map((word) => template(article ? withArticle(word) : word));
    return { kind: "choice", weights: words.map(() => 1), total: words.length, options };
  }

  private options(): Node {
    const weights: number[] = [];
    const options: Node[] = [];
    let total = 0;
    for (;;) {
      const weight = /^(\d+)\*/.exec(this.source.slice(this.at));
      if (weight) this.at += weight[0].length;
      const w = weight ? Number(weight[1]) : 1;
      if (w < 1) this.fail("a weight below 1");
      weights.push(w);
      total += w;
      options.push(this.sequence("|]"));
      if (this.done) this.fail('no "]"');
      if (this.source[this.at++] === "]") return { kind: "choice", weights, total, options };
    }
  }

  private marked(): MarkNode {
    if (!this.source.startsWith("cue:", this.at)) this.fail('"<" needs "cue:"');
    this.at += 4;
    const body = this.sequence(">");
    if (this.done) this.fail('no ">"');
    this.at++;
    return { kind: "mark", mark: { is: "cue" }, body };
  }
}

/** A pronoun for two people: the word is always the same, so nothing is drawn. */
function pair(capital: boolean, names: readonly string[], word: string): Node {
  const text = capital ? word[0]!.toUpperCase() + word.slice(1) : word;
  return { kind: "mark", mark: { is: "pronoun", names }, body: { kind: "text", text } };
}
