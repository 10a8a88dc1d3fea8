/** The tests in a browser. Their builds are beside this page. */

import { run, type Test, tests } from "../host.js";

/** What was run, how many units were compiled for it, and what failed. */
export interface Report {
  readonly passed: number;
  readonly units: number;
  readonly failures: readonly string[];
}

declare global {
  /**
   * Runs the tests of a build whose names begin so. Files have their paths in the repository as names, and their
   * contents in base64.
   */
  function runTests(build: string, prefix: string, files: Readonly<Record<string, string>>): Promise<Report>;
}

globalThis.runTests = async (build, prefix, files) => {
  const module = await WebAssembly.compileStreaming(fetch(`${build}.wasm`));
  const read = (path: string) => {
    const file = files[path];
    return file === undefined ? undefined : Uint8Array.from(atob(file), (byte) => byte.charCodeAt(0));
  };
  const wanted = ({ name, ignored }: Test) => name.startsWith(prefix) && !ignored;
  const failures: string[] = [];
  let [passed, units] = [0, 0];
  for (const [index, test] of tests(module).entries()) {
    if (!wanted(test)) continue;
    const result = run(module, index, test, read);
    units += result.units;
    if (result.failure === undefined) passed += 1;
    else failures.push(`${test.name}: ${result.failure}`);
  }
  return { passed, units, failures };
};
