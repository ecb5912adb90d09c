import { requireOneOf } from "./checks.js";

/** Things of one kind by name, which register themselves where they are defined: norms, optimizers, backends. */
export class Registry<T> {
  private readonly entries = new Map<string, T>();

  /** @param field the option that names one of them, for errors */
  constructor(private readonly field: string) {}

  register(name: string, entry: T): void {
    if (this.entries.has(name)) throw new Error(`${this.field} ${name} is registered twice`);
    this.entries.set(name, entry);
  }

  /** In the order of registration. */
  get names(): readonly string[] {
    return [...this.entries.keys()];
  }

  /** @throws ConfigError listing the names if none is `name`. */
  get(name: string): T {
    return this.entries.get(requireOneOf(this.field, name, this.names))!;
  }
}
