// Opens a trace with Perfetto's trace_processor, in the WebAssembly build that comes with its viewer,
// and prints the rows of SQL statements, values joined by tabs and statements separated by a line "--".
//
//   node trace_processor.mjs FOLDER_OF_THE_VIEWER TRACE 'SELECT …' …
//
// The viewer runs the module in a web worker and talks to it by messages of trace_processor.proto
// (TraceProcessorRpcStream). Here a function stands in for the worker.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, trace, ...statements] = process.argv.slice(2);

// Fields of TraceProcessorRpc and of the messages in it.
const APPEND_TRACE_DATA = 1;
const FINALIZE_TRACE_DATA = 2;
const QUERY_STREAMING = 3;
const CHUNK_BYTES = 8 << 20;

// Of a WebAssembly module.
const MEMORY_SECTION = 5;
const MEMORY_64 = 4;

class WorkerFile {
  open(method, path) {
    this.path = path;
  }

  send() {
    this.status = 200;
    this.response = new Uint8Array(readFileSync(join(folder, this.path))).buffer;
  }
}

/** The 32-bit module runs everywhere, so the viewer's probe for 64-bit memories, a module that begins with one, fails. */
const Wasm = Object.create(WebAssembly, {
  Module: {
    value: function (code) {
      if (code[8] === MEMORY_SECTION && (code[11] & MEMORY_64) !== 0) {
        throw new Error('no 64-bit memories');
      }
      return new WebAssembly.Module(code);
    },
  },
});

/** Starts the module; returns a function that sends one request and gives all its replies. */
async function start() {
  const worker = { location: { href: 'file:///' } };
  const log = { log() {}, warn: (text) => console.error(text), error: (text) => console.error(text) };
  const code = readFileSync(join(folder, 'engine_bundle.js'), 'utf8');
  const names = ['self', 'WorkerGlobalScope', 'XMLHttpRequest', 'WebAssembly', 'importScripts', 'console', 'process', 'document', 'window'];
  const values = [worker, Object, WorkerFile, Wasm, () => {}, log, undefined, undefined, undefined];
  new Function(...names, code)(...values);
  const replies = [];
  const port = { postMessage: (bytes) => replies.push(...fields(streamed(bytes)).map((f) => f.value)) };
  worker.onmessage({ data: port });
  await new Promise((resolve) => setImmediate(resolve)); // the module initializes in promises
  let sequence = 0;
  return (request, field, body) => {
    const rpc = [varint(1, sequence++), varint(2, request)];
    if (body !== undefined) {
      rpc.push(bytes(field, body));
    }
    replies.length = 0;
    port.onmessage({ data: new Uint8Array(bytes(1, Buffer.concat(rpc))) });
    for (const reply of replies) {
      const error = fields(reply).find((f) => f.number === 5);
      if (error) {
        throw new Error(text(error.value));
      }
    }
    return replies.flatMap(fields);
  };
}

let partial = Buffer.alloc(0);

/** Whole messages of the stream so far; the rest is kept for the next reply. */
function streamed(more) {
  partial = Buffer.concat([partial, more]);
  let end = 0;
  for (;;) {
    const reader = { data: partial, at: end };
    if (end + 1 >= partial.length) break;
    try {
      read(reader);
      const length = Number(read(reader));
      if (reader.at + length > partial.length) break;
      end = reader.at + length;
    } catch {
      break;
    }
  }
  const whole = partial.subarray(0, end);
  partial = partial.subarray(end);
  return whole;
}

function varint(field, value) {
  return Buffer.concat([raw(field << 3), raw(value)]);
}

function bytes(field, value) {
  return Buffer.concat([raw((field << 3) | 2), raw(value.length), value]);
}

function raw(value) {
  const out = [];
  let rest = value;
  while (rest > 127) {
    out.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...out, rest]);
}

function read(reader) {
  let value = 0n;
  for (let shift = 0n; ; shift += 7n) {
    if (reader.at >= reader.data.length) {
      throw new Error('a message is cut short');
    }
    const byte = reader.data[reader.at++];
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) {
      return value;
    }
  }
}

/** The fields of a message: numbers as BigInt, everything of a length as bytes. */
function fields(data) {
  const reader = { data, at: 0 };
  const found = [];
  while (reader.at < data.length) {
    const key = Number(read(reader));
    const number = key >> 3;
    if ((key & 7) === 0) {
      found.push({ number, value: read(reader) });
    } else if ((key & 7) === 2) {
      const length = Number(read(reader));
      found.push({ number, value: data.subarray(reader.at, reader.at + length) });
      reader.at += length;
    } else {
      const length = (key & 7) === 1 ? 8 : 4;
      found.push({ number, value: data.subarray(reader.at, reader.at + length) });
      reader.at += length;
    }
  }
  return found;
}

function text(data) {
  return Buffer.from(data).toString('utf8');
}

function packed(data) {
  const reader = { data, at: 0 };
  const values = [];
  while (reader.at < data.length) {
    values.push(BigInt.asIntN(64, read(reader)));
  }
  return values;
}

/** Rows of a QueryResult: cells come in batches, values by type. */
function rows(results) {
  let columns = 0;
  const cells = [];
  for (const field of results.flatMap((result) => fields(result))) {
    if (field.number === 1) {
      columns++;
    } else if (field.number === 2) {
      throw new Error(text(field.value));
    } else if (field.number === 3) {
      const batch = fields(field.value);
      const of = (number) => batch.filter((f) => f.number === number).map((f) => f.value);
      const whole = of(2).flatMap(packed);
      const reals = of(3);
      const texts = of(5).flatMap((t) => text(t).split('\0'));
      let real = 0;
      for (const type of of(1).flatMap((t) => [...t])) {
        if (type === 1) {
          cells.push('NULL');
        } else if (type === 2) {
          cells.push(String(whole.shift()));
        } else if (type === 3) {
          const data = Buffer.concat(reals);
          cells.push(String(data.readDoubleLE(8 * real++)));
        } else if (type === 4) {
          cells.push(texts.shift());
        } else {
          throw new Error('a cell of type ' + type);
        }
      }
    }
  }
  const found = [];
  for (let i = 0; i < cells.length; i += columns) {
    found.push(cells.slice(i, i + columns).join('\t'));
  }
  return found;
}

try {
  const ask = await start();
  const data = readFileSync(trace);
  for (let at = 0; at < data.length; at += CHUNK_BYTES) {
    ask(APPEND_TRACE_DATA, 101, data.subarray(at, at + CHUNK_BYTES));
  }
  ask(FINALIZE_TRACE_DATA);
  for (const statement of statements) {
    const replies = ask(QUERY_STREAMING, 103, bytes(1, Buffer.from(statement)));
    for (const row of rows(replies.filter((f) => f.number === 203).map((f) => f.value))) {
      console.log(row);
    }
    console.log('--');
  }
} catch (error) {
  // Not thrown on: Node would print the line, which holds the whole module.
  console.error(error instanceof Error ? error.message.slice(0, 2000) : String(error));
  process.exit(1);
}
