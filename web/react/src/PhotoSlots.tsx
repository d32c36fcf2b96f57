"use client";
import type { Croquis, Photo, Slot, Training } from "@croquis/client";
import { type DragEvent, useEffect, useRef, useState } from "react";
import { FileButton } from "./FileButton";
import { PhotoDialog } from "./PhotoDialog";
import { PhotoSlot } from "./PhotoSlot";
import styles from "./PhotoSlots.module.css";
import parts from "./parts.module.css";
import { Trouble } from "./Trouble";
import { useAction } from "./useAction";
import { useUploads } from "./useUploads";
import { words } from "./words";

const SAID = words.photos;

export interface PhotoSlotsProps {
  croquis: Croquis;
  training: Training;
  /** The training has changed: read it again. */
  onChange: () => void;
}

/** Twelve numbered slots that take photos by drop, choice, paste or camera, and show what was seen in each. */
export function PhotoSlots({ croquis, training, onChange }: PhotoSlotsProps) {
  const { uploads, running, notes, told, setTold, add, keep } = useUploads(croquis, training, onChange);
  const [opened, setOpened] = useState<string>();
  const [over, setOver] = useState(false);
  const action = useAction();
  const shown = training.photos.find((it) => it.id === opened);

  const newest = useRef(add);
  newest.current = add;
  useEffect(() => {
    const paste = ({ clipboardData }: ClipboardEvent) => {
      const files = [...(clipboardData?.files ?? [])];
      if (files.length > 0) void newest.current(files);
    };
    document.addEventListener("paste", paste);
    return () => document.removeEventListener("paste", paste);
  }, []);

  function change(photo: Photo, body: Parameters<typeof croquis.trainings.change>[2], says = ""): void {
    void action.run(async () => {
      await croquis.trainings.change(training.id, photo.id, body);
      setTold(says);
      onChange();
    });
  }

  function move(photoId: string, to: Slot | undefined): void {
    const photo = training.photos.find((it) => it.id === photoId);
    if (!photo || !to || photo.slot === to.number) return;
    keep(photo);
    change(photo, { slot: to.number }, SAID.movedTo(to.title));
  }

  function remove(photo: Photo): void {
    setOpened(undefined);
    void action.run(async () => {
      await croquis.trainings.remove(training.id, photo.id);
      onChange();
    });
  }

  function drop(event: DragEvent): void {
    event.preventDefault();
    setOver(false);
    const files = [...event.dataTransfer.files];
    if (files.length > 0) void add(files);
  }

  return (
    <div
      className={styles.zone}
      data-over={over}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(event.dataTransfer.types.includes("Files"));
      }}
      onDragLeave={(event) => event.currentTarget === event.target && setOver(false)}
      onDrop={drop}
    >
      <div className={styles.ways}>
        <FileButton many className={parts.primary} onFiles={(files) => void add(files)}>
          {SAID.choose}
        </FileButton>
        <FileButton camera className={styles.camera} onFiles={(files) => void add(files)}>
          {SAID.camera}
        </FileButton>
        <p className={parts.note}>
          {SAID.dropHere}, {SAID.paste}.
        </p>
      </div>
      <div aria-live="polite" className={parts.hidden}>
        {told}
      </div>
      {notes.length > 0 && (
        <ul role="status" className={styles.notes}>
          {notes.map((it) => (
            <li key={it}>{it}</li>
          ))}
        </ul>
      )}
      <Trouble error={action.error} />
      <ol className={styles.grid}>
        {training.slots.map((slot, place) => (
          <PhotoSlot
            key={slot.number}
            slot={slot}
            photo={training.photos.find((it) => it.slot === slot.number)}
            upload={running.find((it) => it.slot === slot.number)}
            fileOf={(id) => uploads.fileOf(id)}
            onFiles={(files) => void add(files, slot.number)}
            onOpen={setOpened}
            onRemove={remove}
            onUseAnyway={(photo) =>
              photo.override === "click" ? change(photo, { override: true }) : setOpened(photo.id)
            }
            onCancel={(key) => void action.run(() => uploads.cancel(key).then(onChange))}
            onRetry={(key) => void uploads.retry(key).then(onChange)}
            onMoveBy={(id, by) => move(id, training.slots[place + by])}
            onMoved={(id) => move(id, slot)}
          />
        ))}
      </ol>
      {shown && (
        <PhotoDialog
          photo={shown}
          slots={training.slots}
          onClose={() => setOpened(undefined)}
          onChange={(body) => change(shown, body)}
          onMove={(slot) => move(shown.id, slot)}
          onRemove={() => remove(shown)}
          onReplace={(file) => {
            setOpened(undefined);
            void add([file], shown.slot);
          }}
        />
      )}
    </div>
  );
}
