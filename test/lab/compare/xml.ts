/** An element of a page. */
export class Element {
  readonly children: Element[] = [];
  /** All text inside, as a reader sees it. */
  text = "";

  constructor(
    readonly name: string,
    readonly attributes: Record<string, string>,
  ) {}

  /** The elements of this name inside, at any depth; `*` for all. */
  all(name: string): Element[] {
    return this.children.flatMap((child) => [
      ...(name === "*" || child.name === name ? [child] : []),
      ...child.all(name),
    ]);
  }
}

/** Elements that HTML leaves open. */
const empty = new Set(["meta", "!doctype"]);
const names: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', nbsp: "\u00a0" };

/**
 * The elements of a page as XML reads it, in a root of their own.
 *
 * @throws Error if a tag is not closed, closes another, or an attribute has no quotes.
 */
export function parseXml(page: string): Element {
  const root = new Element("root", {});
  const open = [root];
  const tokens = page.matchAll(
    /<!--[\s\S]*?-->|<style>[\s\S]*?<\/style>|<(\/?)([\w!-]+)((?:\s+[\w:-]+(?:="[^"<]*")?)*)\s*(\/?)>|([^<]+)|</g,
  );
  for (const [whole, closing, name, attributes, selfClosing, text] of tokens) {
    if (whole === "<") throw new Error(`a tag must follow the rules: got ${page.slice(page.indexOf(whole), 80)}`);
    if (text !== undefined) for (const element of open) element.text += plain(text);
    if (name === undefined) continue;
    if (closing) {
      const last = open.pop()!;
      if (last.name !== name) throw new Error(`</${name}> must close <${name}>: got <${last.name}>`);
      continue;
    }
    const element = new Element(name, attributesOf(attributes!));
    open.at(-1)!.children.push(element);
    if (!selfClosing && !empty.has(name)) open.push(element);
  }
  if (open.length > 1) throw new Error(`<${open.at(-1)!.name}> must be closed`);
  return root;
}

function attributesOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/([\w:-]+)(?:="([^"]*)")?/g)].map(([, name, value]) => [name, plain(value ?? "")]),
  );
}

function plain(text: string): string {
  return text.replace(/&(\w*);?/g, (whole, name: string) => {
    if (!whole.endsWith(";") || !(name in names)) throw new Error(`& must begin an entity: got ${whole}`);
    return names[name]!;
  });
}
