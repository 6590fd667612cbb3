/** @file `webFrameMain`: who sends a message, who navigates. */
import type Electron from 'electron';
import { originOf } from './addresses.ts';
import { refuseMissing } from './unsupported.ts';

/** One document in one frame; a navigation makes a new one and detaches the old. */
export class HostFrame implements Pick<Electron.WebFrameMain, 'detached' | 'name' | 'origin' | 'url' | 'isDestroyed'> {
  #url: string;
  readonly #name: string;
  readonly #parent: HostFrame | null;
  #isDetached = false;

  constructor(url: string, name: string, parent: HostFrame | null) {
    this.#url = url;
    this.#name = name;
    this.#parent = parent;
  }

  get url(): string {
    return this.#url;
  }

  get origin(): string {
    return originOf(this.#url);
  }

  get name(): string {
    return this.#name;
  }

  get parent(): HostFrame | null {
    return this.#parent;
  }

  get top(): HostFrame {
    return this.#parent?.top ?? this;
  }

  get detached(): boolean {
    return this.#isDetached;
  }

  isDestroyed(): boolean {
    return this.#isDetached;
  }

  moveTo(url: string): void {
    this.#url = url;
  }

  detach(): void {
    this.#isDetached = true;
  }
}
refuseMissing(HostFrame.prototype, 'webFrameMain');
