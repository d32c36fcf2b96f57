import type { Photo, Upload } from "@croquis/client";
import { said } from "./Trouble";
import { words } from "./words";

const SAID = words.photos;

/** How a slot looks and what stands below it; `edge` is where the figure is cut. */
export interface Verdict {
  tone: "busy" | "good" | "advice" | "bad";
  says: string;
  edge?: "head" | "feet" | "all";
}

const EDGES: Record<string, Verdict["edge"]> = { head_cut: "head", feet_cut: "feet" };

/** Of what is in a slot; undefined where nothing is. */
export function verdictOf(photo: Photo | undefined, upload: Upload | undefined): Verdict | undefined {
  if (upload) return ofUpload(upload);
  return photo && ofPhoto(photo);
}

function ofUpload({ phase, sent, error }: Upload): Verdict {
  if (phase === "failed") return { tone: "bad", says: `${SAID.failed}. ${said(error).sentence}` };
  const says = { waiting: SAID.waiting, offline: SAID.offline, sending: SAID.sending(sent) }[phase];
  return { tone: "busy", says };
}

function ofPhoto({ status, findings, overridden }: Photo): Verdict {
  const blocking = findings.find((it) => it.severity === "blocking");
  if (status === "rejected" || status === "unreadable") {
    return { tone: "bad", says: blocking?.sentence ?? SAID.blocked, edge: EDGES[blocking?.code ?? ""] ?? "all" };
  }
  if (status === "awaiting_upload") return { tone: "bad", says: SAID.unfinished };
  if (status !== "accepted") return { tone: "busy", says: SAID.checking };
  if (overridden) return { tone: "advice", says: SAID.overridden };
  const advice = findings[0];
  return advice ? { tone: "advice", says: advice.sentence } : { tone: "good", says: SAID.ok };
}
