declare module 'heic-decode' {
  interface HeicPicture {
    readonly width: number;
    readonly height: number;
    readonly decode: () => Promise<{ width: number; height: number; data: Uint8ClampedArray<ArrayBuffer> }>;
  }
  /** Sizes are known before anything is decoded; `dispose` frees the WebAssembly side. */
  export function all(options: {
    buffer: Uint8Array;
  }): Promise<readonly HeicPicture[] & { readonly dispose: () => void }>;
  const heic: { readonly all: typeof all };
  export default heic;
}
