// Assembles the site: node scripts/site.mjs release|debug WORK SITE
//
// WORK contains the wasm files and scripts that site-builder wrote. For a release, they are optimized for size, and every
// file is also stored in its compressed forms.
import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { transform } from 'esbuild';
import { bundleAsync } from 'lightningcss';

const run = promisify(execFile);
const [mode, work, site] = process.argv.slice(2);
const release = mode === 'release';
const pkg = join(site, 'pkg');

// The oldest supported browsers, in the format of Lightning CSS.
const version = (major, minor = 0) => (major << 16) | (minor << 8);
const targets = { chrome: version(109), edge: version(109), firefox: version(115), safari: version(16, 4), ios_saf: version(16, 4) };

// The features that rustc uses by default. More passes (--converge) take twice as long and save nothing, because rustc has
// already optimized the whole program (lto).
const wasmOpt = ['-Oz', '--enable-bulk-memory', '--enable-nontrapping-float-to-int'];

async function wasm(name) {
  const from = join(work, name);
  const to = join(pkg, name);
  if (release) await run('node_modules/.bin/wasm-opt', [...wasmOpt, from, '-o', to]);
  else await rename(from, to);
}

async function script(name) {
  const source = await readFile(join(work, name), 'utf8');
  const code = release ? (await transform(source, { minify: true, format: 'esm' })).code : source;
  await writeFile(join(pkg, name), code);
}

// wasm-bindgen puts the scripts of crates into a folder.
const other = (name) => cp(join(work, name), join(pkg, name), { recursive: true });

async function style() {
  const { code } = await bundleAsync({ filename: 'style/main.css', minify: release, targets });
  await writeFile(join(pkg, 'duplistatus.css'), code);
}

async function compress(file) {
  const plain = await readFile(file);
  const params = { [constants.BROTLI_PARAM_SIZE_HINT]: plain.length };
  await writeFile(`${file}.br`, await promisify(brotliCompress)(plain, { params }));
  await writeFile(`${file}.gz`, await promisify(gzip)(plain, { level: 9 }));
}

await mkdir(pkg, { recursive: true });
const made = await readdir(work);
await Promise.all([
  cp('public', site, { recursive: true }),
  style(),
  ...made.map((name) => (name.endsWith('.wasm') ? wasm(name) : name.endsWith('.js') ? script(name) : other(name))),
]);
if (release) {
  const files = await readdir(site, { recursive: true, withFileTypes: true });
  await Promise.all(files.filter((file) => file.isFile()).map((file) => compress(join(file.parentPath ?? file.path, file.name))));
}
