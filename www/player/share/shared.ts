/** What is shared. */

/** What is shared. */
export interface Shared {
  readonly rom: Uint8Array<ArrayBuffer>;
  readonly args: readonly string[];
  /** For titles and the names of files. Comes from the program or its address, and is only ever text. */
  readonly name: string;
  /** Where the program can be had from, absolute, with http or https; if anywhere. */
  readonly address: string | undefined;
  /**
   * fantail's page: links lead to it, and `embed.html` and `single.html` are beside it. Without one there are no
   * links and no frames.
   */
  readonly page: URL | undefined;
  /** The script that defines the element. Without it there are no lines for the element. */
  readonly script: URL | undefined;
  /** The size of the program's screen in its pixels, if it has one: frames have room for it. */
  readonly screen?: { readonly width: number; readonly height: number } | undefined;
}
