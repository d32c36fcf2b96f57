"use client";
import { type Croquis, look, type Looked, type Photo, sorted, type Training, type Upload } from "@croquis/client";
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { useWarningBeforeLeaving } from "./useWarningBeforeLeaving";
import { words } from "./words";

const SAID = words.photos;
const NOTHING: readonly Upload[] = [];

/** Uploads of a training: into which slot each file goes, what can be told of it at once, sorting by what was seen. */
export function useUploads(croquis: Croquis, training: Training, onChange: () => void) {
  const uploads = useMemo(() => croquis.uploads(training.id), [croquis, training.id]);
  const running = useSyncExternalStore(uploads.subscribe, uploads.all, () => NOTHING);
  const [notes, setNotes] = useState<readonly string[]>([]);
  const [unsorted, setUnsorted] = useState<ReadonlySet<string>>(new Set());
  const [told, setTold] = useState("");
  const sorting = useRef(false);

  useWarningBeforeLeaving(running.length > 0);

  useEffect(() => {
    const dropped = training.photos.filter((it) => unsorted.has(it.id));
    const seen = dropped.every((it) => !["awaiting_upload", "uploaded", "checking"].includes(it.status));
    if (dropped.length === 0 || !seen || sorting.current) return;
    sorting.current = true;
    const accepted = new Set(dropped.filter((it) => it.status === "accepted").map((it) => it.id));
    const moves = sorted(training.photos, training.slots, accepted);
    void (async () => {
      for (const { photoId, slot } of moves) await croquis.trainings.change(training.id, photoId, { slot });
      if (moves.length > 0) setTold(SAID.sorted);
    })()
      .catch(() => undefined) // they stay where they are: nothing depends on the order
      .finally(() => {
        sorting.current = false;
        setUnsorted((before) => without(before, dropped));
        onChange();
      });
  }, [croquis, training, unsorted, onChange]);

  /** One file goes into the slot that was meant; several into the free ones, from there on. */
  async function add(files: readonly File[], slot?: number): Promise<void> {
    const looked = await Promise.all(files.map((file) => look(file, training.rules)));
    const good = files.filter((_, place) => !looked[place]!.blocked);
    const taken = new Set([...training.photos, ...uploads.all()].map((it) => it.slot));
    const free = training.slots.map((it) => it.number).filter((it) => !taken.has(it));
    const places = slot === undefined ? free : [slot, ...free.filter((it) => it !== slot)];
    const placed = good.slice(0, places.length).map((file, place) => ({ file, slot: places[place]! }));
    const left = good.length - placed.length;
    setNotes([...files.flatMap((file, place) => note(file, looked[place]!)), ...(left > 0 ? [SAID.noRoom(left)] : [])]);
    const arrived = await uploads.add(placed);
    if (files.length > 1) setUnsorted((before) => new Set([...before, ...arrived]));
    onChange();
  }

  /** It was put into its slot by hand, and is not sorted any more. */
  const keep = (photo: Photo) => setUnsorted((before) => without(before, [photo]));

  return { uploads, running, notes, told, setTold, add, keep };
}

function without(ids: ReadonlySet<string>, photos: readonly Photo[]): ReadonlySet<string> {
  const gone = new Set(photos.map((it) => it.id));
  return new Set([...ids].filter((it) => !gone.has(it)));
}

function note(file: File, { blocked, advice }: Looked): string[] {
  const code = blocked ?? advice;
  return code ? [`${file.name} ${SAID.before[code]}`] : [];
}
