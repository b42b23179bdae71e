// Empties functions of the browser part that are linked in but never called. The linker cannot remove them, because their addresses are in
// tables.
//
//   node scripts/trim-wasm.mjs FILE
//
// * `hydrate_async` of every type of view: only Leptos' `hydrate_lazy` calls them. This program hydrates at once.
// * the classes of `wasm-streams`, for streamed responses, which no server function has. They are exported, but nothing creates one.
//
// Only these entry points are emptied: each body becomes the single instruction `unreachable`, and wasm-opt removes what only they called.
// What they
// call must stay until then, because the compiler merges functions with equal code, and others may call it too. For the same reason
// `hydrate_from_template`, which nothing calls by that name, has to stay: it is often the same function as `hydrate_from_server`.
//
// The file needs symbols and relocations (`--emit-relocs`), as tools/site does.
import { readFileSync, writeFileSync } from 'node:fs';

const NEVER_CALLED = [
  /^_RINvNvX\w*?7IntoAny8into_any13hydrate_async/,
  /^intounderlying\w+$/,
];

const [UNREACHABLE, NOP, END] = [0x00, 0x01, 0x0b];
const [CUSTOM, IMPORT, CODE] = [0, 2, 10];
/** Relocation types with an addend: those of memory, and of offsets in functions and sections. */
const WITH_ADDEND = new Set([3, 4, 5, 8, 9, 11, 14, 15, 16, 17, 21, 22, 23]);

class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }
  byte() {
    return this.bytes[this.at++];
  }
  number() {
    let [value, factor] = [0, 1];
    for (;;) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  }
  text() {
    const length = this.number();
    return Buffer.from(this.bytes.subarray(this.at, (this.at += length))).toString();
  }
}

function leb(value) {
  const bytes = [];
  do {
    bytes.push((value % 128) + (value >= 128 ? 128 : 0));
    value = Math.floor(value / 128);
  } while (value > 0);
  return bytes;
}

function sections(bytes) {
  const found = [];
  const reader = new Reader(bytes, 8);
  while (reader.at < bytes.length) {
    const id = reader.byte();
    const length = reader.number();
    const content = bytes.subarray(reader.at, (reader.at += length));
    const inside = new Reader(content);
    found.push({ id, content, name: id === CUSTOM ? inside.text() : '', start: inside.at });
  }
  return found;
}

function importedFunctions(section) {
  if (!section) return 0;
  const reader = new Reader(section.content);
  let functions = 0;
  for (let left = reader.number(); left > 0; left--) {
    reader.text();
    reader.text();
    const kind = reader.byte();
    if (kind === 0) {
      functions++;
      reader.number();
    } else if (kind === 3) {
      reader.byte();
      reader.byte();
    } else {
      // A table has its element type before its limits, a tag its attribute.
      if (kind === 1) reader.byte();
      const flags = reader.byte();
      reader.number();
      if (kind !== 4 && flags & 1) reader.number();
    }
  }
  return functions;
}

/** Returns the indices of functions that are never called, found by their symbols. */
function neverCalled({ content, start }) {
  const reader = new Reader(content, start);
  const found = new Set();
  reader.number();
  while (reader.at < content.length) {
    const type = reader.byte();
    const end = reader.number() + reader.at;
    if (type === 8) {
      for (let left = reader.number(); left > 0; left--) {
        const kind = reader.byte();
        const flags = reader.number();
        const [isUndefined, hasName] = [flags & 0x10, flags & 0x40];
        if (kind === 1) {
          reader.text();
          if (!isUndefined) [reader.number(), reader.number(), reader.number()];
        } else {
          const index = reader.number();
          const name = kind !== 3 && (!isUndefined || hasName) ? reader.text() : '';
          if (kind === 0 && NEVER_CALLED.some(pattern => pattern.test(name))) found.add(index);
        }
      }
    }
    reader.at = end;
  }
  return found;
}

const path = process.argv[2];
const bytes = readFileSync(path);
const all = sections(bytes);
const one = name => {
  const section = all.find(section => section.name === name);
  if (!section) throw new Error(`${path} has no section ${name}: it was linked without --emit-relocs`);
  return section;
};
const code = all.find(({ id }) => id === CODE).content;
const first = importedFunctions(all.find(({ id }) => id === IMPORT));
const never = neverCalled(one('linking'));

// The bodies keep their lengths, because everything else in the file refers to offsets in the section.
const emptied = [];
let total = 0;
const reader = new Reader(code);
const functions = reader.number();
for (let index = first; index < first + functions; index++) {
  const length = reader.number();
  const [start, end] = [reader.at, reader.at + length];
  reader.at = end;
  if (!never.has(index) || length < 3) continue;
  code.fill(NOP, start, end);
  code.set([0, UNREACHABLE], start);
  code[end - 1] = END;
  emptied.push([start, end]);
  total += length;
}
if (emptied.length === 0) throw new Error(`${path} has nothing to empty: names have changed`);

// Removes the relocations inside the emptied bodies.
const relocations = one('reloc.CODE');
const old = new Reader(relocations.content, relocations.start);
const target = old.number();
const kept = [];
let number = 0;
let body = 0;
for (let left = old.number(); left > 0; left--) {
  const entry = old.at;
  const type = old.byte();
  const offset = old.number();
  old.number();
  if (WITH_ADDEND.has(type)) old.number();
  while (body < emptied.length && emptied[body][1] <= offset) body++;
  if (body < emptied.length && emptied[body][0] <= offset) continue;
  kept.push(relocations.content.subarray(entry, old.at));
  number++;
}
relocations.content = Buffer.concat([
  relocations.content.subarray(0, relocations.start),
  Buffer.from([...leb(target), ...leb(number)]),
  ...kept,
]);

writeFileSync(path, Buffer.concat([bytes.subarray(0, 8), ...all.flatMap(({ id, content }) => [Buffer.from([id, ...leb(content.length)]), content])]));
console.log(`${emptied.length} functions with ${total} bytes are never called: emptied`);
