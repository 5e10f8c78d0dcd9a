// Decodes a small image of a file, or hashes it, off the page's thread. Answers null if it fails.

const tasks = {
  thumbnail: (file, height) =>
    createImageBitmap(file, { resizeHeight: height, resizeQuality: "medium" }),

  async hash(file) {
    if (!crypto.subtle) return (await import("./sha256.js")).sha256(file);
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  },
};

onmessage = async ({ data: [task, ...args] }) => {
  const result = await tasks[task](...args).catch(() => null);
  postMessage(result, result?.close ? [result] : []);
};
