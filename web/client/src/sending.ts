import type { Schemas } from "./schemas";

/** Where a file goes: the same of photos and of garments. */
export type SignedUpload = Omit<Schemas["UploadView"], "photo">;

/** Brings the bytes to where the announcement said; resolves when they are there. */
export interface Sending {
  done: Promise<void>;
  stop: () => void;
}

export const RESUMABLE_FROM = 6 * 2 ** 20; // bytes; also Supabase's one size of a piece

/** What went wrong on the way; `again` is whether another try with the same announcement may succeed. */
export class NotSent extends Error {
  override readonly name = "NotSent";

  constructor(readonly again: boolean) {
    super(again ? "The connection was lost during the upload." : "The storage did not accept the picture.");
  }
}

/** In one PUT, or, from 6 MB on, in pieces that go on where a lost line broke them off. */
export function send(file: File, to: SignedUpload, sent: (share: number) => void): Sending {
  return file.size > RESUMABLE_FROM ? inPieces(file, to, sent) : atOnce(file, to, sent);
}

function atOnce(file: File, to: SignedUpload, sent: (share: number) => void): Sending {
  const request = new XMLHttpRequest(); // fetch tells nothing of how far an upload is
  const done = new Promise<void>((resolve, reject) => {
    request.upload.onprogress = ({ loaded, total }) => sent(loaded / total);
    request.onerror = () => reject(new NotSent(true));
    request.onabort = () => reject(new NotSent(false));
    request.onload = () => {
      if (request.status < 300 || alreadyThere(request)) resolve();
      else reject(new NotSent(request.status >= 500 || request.status === 429));
    };
  });
  request.open("PUT", to.upload_url);
  request.setRequestHeader("Content-Type", to.content_type);
  request.send(file);
  return { done, stop: () => request.abort() };
}

/** It arrived at an earlier try, whose answer was lost. */
function alreadyThere(request: XMLHttpRequest): boolean {
  return request.status === 409 || /"(Duplicate|ResourceAlreadyExists|KeyAlreadyExists)"/.test(request.responseText);
}

function inPieces(file: File, to: SignedUpload, sent: (share: number) => void): Sending {
  let stop = () => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new NotSent(false));
  });
  const done = import("tus-js-client").then(
    ({ Upload }) =>
      new Promise<void>((resolve, reject) => {
        const upload = new Upload(file, {
          endpoint: to.resumable_url,
          headers: { "x-signature": to.token },
          metadata: { bucketName: to.bucket, objectName: to.path, contentType: to.content_type },
          chunkSize: RESUMABLE_FROM,
          retryDelays: [500, 1000, 2000, 4000, 8000],
          storeFingerprintForResuming: false, // the token would be kept with it
          onProgress: (there, total) => sent(there / total),
          onSuccess: () => resolve(),
          onError: () => reject(new NotSent(true)),
        });
        stopped.catch(() => void upload.abort());
        upload.start();
      }),
  );
  return { done: Promise.race([done, stopped]), stop: () => stop() };
}
