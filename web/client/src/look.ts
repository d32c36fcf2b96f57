/** What can be told of a file before it is uploaded. The server's check has the last word. */
export interface Looked {
  blocked?: "not_a_photo" | "too_large";
  advice?: "small" | "blurred";
}

export type Faults = NonNullable<Looked["blocked"] | Looked["advice"]>;

interface Rules {
  max_bytes: number;
}

const HEADS: readonly RegExp[] = [
  /^\xff\xd8\xff/, // JPEG
  /^\x89PNG\r\n\x1a\n/,
  /^RIFF[^]{4}WEBP/,
  /^[^]{4}ftyp(heic|heix|hevc|heim|heis|mif1|msf1)/,
];

/** Size and type here, pixels and sharpness in a worker. */
export async function look(file: File, rules: Rules): Promise<Looked> {
  const head = String.fromCharCode(...new Uint8Array(await file.slice(0, 16).arrayBuffer()));
  if (!HEADS.some((it) => it.test(head))) return { blocked: "not_a_photo" };
  if (file.size > rules.max_bytes) return { blocked: "too_large" };
  return measured(file);
}

const PATIENCE = 8000; // ms: a verdict that comes later than the server's helps nobody

async function measured(file: File): Promise<Looked> {
  const worker = new Worker(new URL("./look.worker.ts", import.meta.url), { type: "module" });
  try {
    return await new Promise<Looked>((resolve) => {
      const nothing = () => resolve({});
      worker.onmessage = ({ data }: MessageEvent<Looked>) => resolve(data);
      worker.onerror = nothing;
      setTimeout(nothing, PATIENCE);
      worker.postMessage(file);
    });
  } finally {
    worker.terminate();
  }
}
