/** What stands in dist/ for the program: its parts with their source maps, and cli.cjs. */
export declare function programFiles(): Promise<{ name: string; content: Uint8Array }[]>
