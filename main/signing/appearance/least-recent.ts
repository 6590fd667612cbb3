/** @file A small map that forgets what was asked for longest ago: a batch uses the same name, seal and signature throughout. */
export class LeastRecent<Value> {
  readonly #values = new Map<string, Promise<Value>>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** What failed is not remembered. */
  get(key: string, make: () => Promise<Value>): Promise<Value> {
    const value = this.#values.get(key) ?? make();
    this.#values.delete(key);
    this.#values.set(key, value);
    for (const oldest of this.#values.keys()) {
      if (this.#values.size <= this.#most) break;
      this.#values.delete(oldest);
    }
    value.catch(() => this.#values.get(key) === value && this.#values.delete(key));
    return value;
  }
}
