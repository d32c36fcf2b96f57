"use client";
import { type Croquis, look, type NewGarment, type Upload } from "@croquis/client";
import { useMemo, useState, useSyncExternalStore } from "react";
import { useWarningBeforeLeaving } from "./useWarningBeforeLeaving";
import { words } from "./words";

const MOST_BYTES = 25_000_000; // as the server takes them
const NOTHING: readonly Upload<NewGarment>[] = [];

/** A picture that was chosen, and has no name and category yet. */
export interface Draft {
  readonly key: string;
  readonly file: File;
}

/** Pictures of garments: chosen, then named, then on their way. */
export function useGarmentUploads(croquis: Croquis, onChange: () => void) {
  const uploads = useMemo(() => croquis.garmentUploads(), [croquis]);
  const running = useSyncExternalStore(uploads.subscribe, uploads.all, () => NOTHING);
  const [drafts, setDrafts] = useState<readonly Draft[]>([]);
  const [notes, setNotes] = useState<readonly string[]>([]);
  useWarningBeforeLeaving(running.length > 0);

  async function choose(files: readonly File[]): Promise<void> {
    const looked = await Promise.all(files.map((file) => look(file, { max_bytes: MOST_BYTES })));
    const good = files.filter((_, place) => !looked[place]!.blocked);
    setNotes(
      files.flatMap((file, place) => {
        const { blocked } = looked[place]!;
        return blocked ? [`${file.name} ${words.photos.before[blocked]}`] : [];
      }),
    );
    setDrafts((before) => [...before, ...good.map((file) => ({ key: crypto.randomUUID(), file }))]);
  }

  const drop = (key: string) => setDrafts((before) => before.filter((it) => it.key !== key));

  function send(named: readonly (NewGarment & { file: File })[]): void {
    setDrafts([]);
    void uploads.add(named).then(onChange);
  }

  return { uploads, running, drafts, notes, choose, drop, send };
}
