/** @file What was typed into the record in hand and is not stored yet: nothing is confirmed past it, and a refusal loses none. */

export class UnsavedValues {
  readonly #typed = new Map<string, string>();
  #saving: Promise<boolean> = Promise.resolve(true);

  type(name: string, text: string): void {
    this.#typed.set(name, text);
  }

  /**
   * Stores all of them, after what is being stored already.
   * @param store answers whether the value is stored
   * @returns false when one was refused: it and those behind it wait for the next time
   */
  save(store: (name: string, text: string) => Promise<boolean>): Promise<boolean> {
    this.#saving = this.#saving.then(() => this.#saveAll(store));
    return this.#saving;
  }

  async #saveAll(store: (name: string, text: string) => Promise<boolean>): Promise<boolean> {
    for (const [name, text] of this.#typed) {
      if (!(await store(name, text))) return false;
      // More may have been typed meanwhile.
      if (this.#typed.get(name) === text) this.#typed.delete(name);
    }
    return true;
  }
}
