// SHA-256 (FIPS 180-4) for pages over plain HTTP, where browsers have no crypto.subtle.

const ROUNDS = 64;
const BLOCK_SIZE = 64; // bytes
const CHUNK_SIZE = 2 ** 22; // bytes in memory at a time

const primes = [];
for (let n = 2; primes.length < ROUNDS; n += 1) if (primes.every((it) => n % it)) primes.push(n);

// The first 32 bits of each fractional part. A double has 50 of them.
const fractions = (roots) => Int32Array.from(roots, (root) => (root % 1) * 2 ** 32);
const constants = fractions(primes.map(Math.cbrt));
const initialHash = fractions(primes.slice(0, 8).map(Math.sqrt));

const words = new Int32Array(ROUNDS); // the message schedule of a block

const rotate = (word, bits) => (word >>> bits) | (word << (32 - bits));

// Resolves with the digest of a file in hexadecimal.
export async function sha256(file) {
  // The values of the variables a and e, newest first. The variables b, c and d are the older
  // values of a, and f, g and h those of e. The last four values of each are the hash.
  const a = new Int32Array(ROUNDS + 4);
  const e = new Int32Array(ROUNDS + 4);
  a.set(initialHash.slice(0, 4), ROUNDS);
  e.set(initialHash.slice(4), ROUNDS);
  const message = pad(file);
  for (let start = 0; start < message.size; start += CHUNK_SIZE) {
    const chunk = await message.slice(start, start + CHUNK_SIZE).arrayBuffer();
    addBlocks(a, e, new DataView(chunk));
  }
  const hash = [...a.slice(ROUNDS), ...e.slice(ROUNDS)];
  return hash.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

// Appends a bit 1, zeros and the length in bits, up to a whole block (section 5.1.1).
function pad(file) {
  const padding = new DataView(new ArrayBuffer(BLOCK_SIZE + 8 - ((file.size + 8) % BLOCK_SIZE)));
  padding.setUint8(0, 0x80);
  padding.setBigUint64(padding.byteLength - 8, BigInt(file.size) * 8n);
  return new Blob([file, padding]);
}

// Updates the hash with each block (section 6.2.2).
function addBlocks(a, e, data) {
  for (let start = 0; start < data.byteLength; start += BLOCK_SIZE) {
    fillWords(data, start);
    for (let round = 0; round < ROUNDS; round += 1) {
      const i = ROUNDS - round;
      const choice = (e[i] & e[i + 1]) ^ (~e[i] & e[i + 2]);
      const majority = (a[i] & a[i + 1]) ^ (a[i] & a[i + 2]) ^ (a[i + 1] & a[i + 2]);
      const sum0 = rotate(a[i], 2) ^ rotate(a[i], 13) ^ rotate(a[i], 22);
      const sum1 = rotate(e[i], 6) ^ rotate(e[i], 11) ^ rotate(e[i], 25);
      const t1 = e[i + 3] + sum1 + choice + constants[round] + words[round];
      e[i - 1] = a[i + 3] + t1;
      a[i - 1] = t1 + sum0 + majority;
    }
    for (let i = 0; i < 4; i += 1) {
      a[ROUNDS + i] += a[i];
      e[ROUNDS + i] += e[i];
    }
  }
}

function fillWords(data, start) {
  for (let i = 0; i < 16; i += 1) words[i] = data.getInt32(start + 4 * i);
  for (let i = 16; i < ROUNDS; i += 1) {
    const [word2, word15] = [words[i - 2], words[i - 15]];
    const sigma0 = rotate(word15, 7) ^ rotate(word15, 18) ^ (word15 >>> 3);
    const sigma1 = rotate(word2, 17) ^ rotate(word2, 19) ^ (word2 >>> 10);
    words[i] = words[i - 16] + sigma0 + words[i - 7] + sigma1;
  }
}
