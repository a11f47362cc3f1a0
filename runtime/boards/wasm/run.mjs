// Runs a firmware made for the board `wasm`: node run.mjs firmware.wasm, files as the other boards have them in the working folder.
import { readFileSync, writeFileSync } from "node:fs";

const names = ["", "out.bin", "trace.bin", "report.bin"];
const records = readFileSync("in.bin");
const streams = names.map(() => []);
let position = 0;
let memory;

class Exit extends Error {
  constructor(status) {
    super();
    this.status = status;
  }
}

const thimble = {
  read(to, bytes) {
    if (position + bytes > records.length) return 0;
    new Uint8Array(memory.buffer, to, bytes).set(records.subarray(position, position + bytes));
    position += bytes;
    return 1;
  },
  write(stream, from, bytes) {
    streams[stream].push(Buffer.from(new Uint8Array(memory.buffer, from, bytes)));
  },
  exit(status) {
    throw new Exit(status);
  },
};

let status = 3;
try {
  const { instance } = await WebAssembly.instantiate(readFileSync(process.argv[2]), { thimble });
  memory = instance.exports.memory;
  instance.exports.thimble_main();
} catch (end) {
  if (!(end instanceof Exit)) throw end;
  status = end.status;
}
streams.forEach((parts, i) => parts.length && writeFileSync(names[i], Buffer.concat(parts)));
process.exit(status);
